// SPDX-License-Identifier: Apache-2.0
// The constraints of a row, weighted with powers of alpha and grouped by the region in which they
// hold. Native verifier and contract take them from here: V is Fr, or an expression that prints
// Yul.
#pragma once
#include "claim/statement/relations.h"

namespace sotto::claim {

template <class V>
struct ConstraintSums {
  V op[sound::kOpCount];     // machine rows, times the flag of the operation
  V vm;                      // machine rows, whatever the operation
  V log, range, act, score;  // judge rows: logarithms; all with range limbs; activations; the score
};

// Numbers that the constraints need.
template <class V>
struct RowConstants {
  V one, limb, range, half_range;  // 1, 2^limb_bits, 2^(2 limb_bits), 2^(2 limb_bits - 1)
};

// col(i) gives the value of column i; alpha its powers.
template <class V, class Col>
ConstraintSums<V> constraint_sums(const RowConstants<V>& k, const LookupChallenges<V>& lookup,
                                  const V* alpha, Col&& col) {
  ConstraintSums<V> s;
  const Words<V> w = words(k.limb, k.range, col);
  const Constants<V> constants{k.one, k.range * k.range};
  for (unsigned op = 0; op < sound::kOpCount; op++)
    s.op[op] = op_sum(static_cast<Op>(op), w, constants, alpha);
  V& switched_on = s.op[static_cast<unsigned>(Op::kLookup)];  // hL q_song = flag
  switched_on = switched_on - alpha[kTermLookup];

  const VmDenominators<V> q = vm_denominators(lookup, col);
  s.vm = alpha[kTermH1] * helper4(col(kH1), q.a, q.b1, q.b2, q.c) +
         alpha[kTermH2] * helper4(col(kH2), q.w[0], q.w[1], q.w[2], q.w[3]) +
         alpha[kTermLookup] * (col(kHL) * q.song) +
         alpha[kTermCarry] * (col(kCy) * (col(kCy) - k.one)) +
         alpha[kTermZero] * (col(kZ) * (col(kZ) - k.one));

  const JudgeDenominators<V> j = judge_denominators(lookup, col);
  s.log = alpha[kTermLog] * log_constraint(k.one, k.half_range, k.range, col) +
          alpha[kTermLogTables] * helper2(col(kHF), j.log, j.exponent);
  s.range = alpha[kTermRange] * helper4(col(kHJ), j.range[0], j.range[1], j.range[2], j.range[3]);
  s.act = alpha[kTermAct] * helper1(col(kHF), j.act, k.one);
  s.score = alpha[kTermScoreTable] * helper1(col(kHF), j.score, k.one);
  return s;
}

}  // namespace sotto::claim
