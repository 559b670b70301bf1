// SPDX-License-Identifier: Apache-2.0
// The constraints of a row, weighted with powers of alpha and grouped by the region in which they hold. Prover, native verifier
// and contract take them from here: V is Fr, or an expression that prints Yul.
#pragma once
#include "claim/statement/relations.h"

namespace sotto::claim {

// Numbers that the constraints need.
template <class V>
struct RowConstants {
  V one, limb, range, half_range;  // 1, 2^limb_bits, 2^(2 limb_bits), 2^(2 limb_bits - 1)
};

// Machine rows, whatever the operation: lookups and bits. hL is 0 unless the operation looks something up.
template <class V>
V machine_sum(const Words<V>& w, const VmDenominators<V>& q, const V& h1, const V& h2, const V& hl, const V& one,
              const V* alpha) {
  return alpha[kTermH1] * helper4(h1, q.a, q.b1, q.b2, q.c) +
         alpha[kTermH2] * helper4(h2, q.w[0], q.w[1], q.w[2], q.w[3]) +
         alpha[kTermLookup] * hl + alpha[kTermCarry] * (w.cy * (w.cy - one)) +
         alpha[kTermZero] * (w.z * (w.z - one));
}

// Machine rows with the flag of the operation. LOOKUP and SINE make hL q = 1 of hL = 0, with the denominator q of their
// table. Only their flag is 1 then, and there is nothing else to add.
template <class V>
V operation_sum(Op op, const Words<V>& w, const VmDenominators<V>& q, const V& hl, const Constants<V>& k,
                const V* alpha) {
  if (op != Op::kLookup && op != Op::kSine) return op_sum(op, w, k, alpha);
  const V& looked_up = op == Op::kLookup ? q.song : q.sine;
  return alpha[kTermLookup] * (hl * (looked_up - k.one) - k.one);
}

// Judge rows: logarithms; all with range limbs; activations; the score.
template <class V>
struct JudgeSums {
  V log, range, act, score;
};
template <class V, class Col>
JudgeSums<V> judge_sums(const RowConstants<V>& k, const LookupChallenges<V>& lookup, const V* alpha, Col&& col) {
  const JudgeDenominators<V> j = judge_denominators(lookup, col);
  JudgeSums<V> s;
  s.log = alpha[kTermLog] * log_constraint(k.one, k.half_range, k.range, col) +
          alpha[kTermLogTables] * helper2(col(kHF), j.log, j.exponent);
  s.range = alpha[kTermRange] * helper4(col(kHJ), j.range[0], j.range[1], j.range[2], j.range[3]);
  s.act = alpha[kTermAct] * helper1(col(kHF), j.act, k.one);
  s.score = alpha[kTermScoreTable] * helper1(col(kHF), j.score, k.one);
  return s;
}

// Everything, from the evaluations of the columns: col(i) gives the value of column i; alpha its powers.
template <class V>
struct ConstraintSums {
  V op[sound::kOpCount];
  V vm;
  JudgeSums<V> judge;
};
template <class V, class Col>
ConstraintSums<V> constraint_sums(const RowConstants<V>& k, const LookupChallenges<V>& lookup, const V* alpha, Col&& col) {
  ConstraintSums<V> s;
  const Words<V> w = words(k.limb, k.range, col);
  const VmDenominators<V> q = vm_denominators(lookup, k.limb, col);
  const Constants<V> constants{k.one, k.range * k.range};
  for (unsigned op = 0; op < sound::kOpCount; op++)
    s.op[op] = operation_sum(static_cast<Op>(op), w, q, col(kHL), constants, alpha);
  s.vm = machine_sum(w, q, col(kH1), col(kH2), col(kHL), k.one, alpha);
  s.judge = judge_sums(k, lookup, alpha, col);
  return s;
}

}  // namespace sotto::claim
