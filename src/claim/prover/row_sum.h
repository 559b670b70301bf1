// SPDX-License-Identifier: Apache-2.0
// The constraints of a row of one operation, as the kernels evaluate them: V is Fr, or eight elements side by side.
#pragma once
#include <utility>

#include "claim/prover/vm_forms.h"

namespace sotto::claim {

// What they need beside the row's forms. m: the size of a range of words; alpha: the challenges of machine rows.
template <class V>
struct RowSumConstants {
  V one, m, base[kTableIdEnd], beta[2], alpha[kTermZero + 1];
};

template <class V, Op kOp>
[[gnu::noinline]] V row_sum(const V* v, const RowSumConstants<V>& c) {
  const VmDenominators<V> q = denominators_of(v, c.base, c.beta, kOp == Op::kLookup || kOp == Op::kSine);
  const V sum = machine_sum_of(v, q, c.one, c.alpha);
  return sum + operation_sum(kOp, words_of(v), q, v[kFormHelperL], Constants<V>{c.one, c.m}, c.alpha);
}

template <class V>
using RowSum = V (*)(const V*, const RowSumConstants<V>&);
template <class V, unsigned... kOps>
RowSum<V> row_sum_of(Op op, std::integer_sequence<unsigned, kOps...>) {
  static constexpr RowSum<V> kSums[] = {row_sum<V, static_cast<Op>(kOps)>...};
  return kSums[static_cast<unsigned>(op)];
}
template <class V>
RowSum<V> row_sum_of(Op op) {
  return row_sum_of<V>(op, std::make_integer_sequence<unsigned, sound::kOpCount>());
}

}  // namespace sotto::claim
