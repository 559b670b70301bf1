// SPDX-License-Identifier: Apache-2.0
// What the machine's constraints see of a row: linear forms of the columns (words, denominators without their constants, helpers).
// Being linear, forms can be bound in place of columns. V is Fr, or eight elements side by side.
#pragma once
#include "claim/statement/constraint_sums.h"

namespace sotto::claim {

// Constants (gamma + id) are added where denominators are used, so that the forms of a padding row are 0. kFormAngle is the
// upper half of a. What LOOKUP and SINE look up is made of three forms: few slots want it.
enum VmForm : unsigned {
  kFormA, kFormB, kFormG, kFormW1, kFormW2, kFormResult, kFormPower, kFormThird, kFormSignA, kFormSignB, kFormCarry, kFormZero,
  kFormOperandA, kFormOperandB1, kFormOperandB2, kFormOperandC, kFormRange0, kFormRange1, kFormRange2, kFormRange3, kFormAngle,
  kFormOperandSum, kFormSample,
  kVmColumnForms,  // forms of the machine's columns; then the helpers, which are columns themselves
  kFormHelper1 = kVmColumnForms, kFormHelper2, kFormHelperL,
  kVmFormCount
};

// col(c): value of machine column c; chi: the challenges that join the three operands.
template <class V, class Col>
void vm_column_forms(const V& limb, const V& range, LookupChallenges<V> lookup, const V* chi, Col&& col, V* out) {
  for (V& b : lookup.base) b = V{};
  const Words<V> w = words(limb, range, col);
  const VmDenominators<V> q = vm_denominators(lookup, limb, col);
  const V all[kVmColumnForms] = {w.a, w.b, w.g, w.w1, w.w2, w.out, w.p, w.c, w.sa, w.sb, w.cy, w.z,
                                 q.a, q.b1, q.b2, q.c, q.w[0], q.w[1], q.w[2], q.w[3], col(kA2) + limb * col(kA3),
                                 chi[0] * w.a + chi[1] * w.b + chi[2] * w.c, col(kA0)};
  for (unsigned f = 0; f < kVmColumnForms; f++) out[f] = all[f];
}

template <class V>
Words<V> words_of(const V* v) {
  return {v[kFormA], v[kFormB], v[kFormG], v[kFormW1], v[kFormW2], v[kFormResult],
          v[kFormPower], v[kFormThird], v[kFormSignA], v[kFormSignB], v[kFormCarry], v[kFormZero]};
}

// base[id] = gamma + id. song and sine are for those who look something up.
template <class V>
VmDenominators<V> denominators_of(const V* v, const V* base, const V* beta, bool looks_up) {
  VmDenominators<V> q;
  q.a = v[kFormOperandA] + base[kTableA];
  q.b1 = v[kFormOperandB1] + base[kTableB];
  q.b2 = v[kFormOperandB2] + base[kTableB];
  q.c = v[kFormOperandC] + base[kTableC];
  for (unsigned i = 0; i < 4; i++) q.w[i] = v[kFormRange0 + i] + base[kTableRange];
  if (!looks_up) return q;
  const V result = beta[1] * v[kFormResult];
  q.song = base[kTableSong] + beta[0] * v[kFormSample] + result;
  q.sine = base[kTableSine] + beta[0] * v[kFormAngle] + result;
  return q;
}

// Where forms are v + X step: the coefficient of X^5 of machine_sum_of, from `step`. Only the helpers have this degree.
template <class V>
V leading_sum_of(const V* step, const V* alpha) {
  auto product = [&](unsigned helper, const unsigned (&form)[4]) {
    return step[helper] * ((step[form[0]] * step[form[1]]) * (step[form[2]] * step[form[3]]));
  };
  return alpha[kTermH1] * product(kFormHelper1, {kFormOperandA, kFormOperandB1, kFormOperandB2, kFormOperandC}) +
         alpha[kTermH2] * product(kFormHelper2, {kFormRange0, kFormRange1, kFormRange2, kFormRange3});
}

// The constraints of a row that hold whatever the operation.
template <class V>
V machine_sum_of(const V* v, const VmDenominators<V>& q, const V& one, const V* alpha) {
  return machine_sum(words_of(v), q, v[kFormHelper1], v[kFormHelper2], v[kFormHelperL], one, alpha);
}

}  // namespace sotto::claim
