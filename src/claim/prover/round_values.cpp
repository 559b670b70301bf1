// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/round_values.h"

#include <algorithm>

namespace sotto::claim {

// Differences of order d are constant.
RoundValues extended(std::span<const Fr> values) {
  RoundValues out, difference{};  // of every order, at the point
  std::copy(values.begin(), values.end(), difference.begin());
  const size_t degree = values.size() - 1;
  for (size_t order = 1; order <= degree; order++)
    for (size_t i = degree; i >= order; i--) difference[i] -= difference[i - 1];
  for (Fr& v : out) {
    v = difference[0];
    for (size_t i = 0; i < degree; i++) difference[i] += difference[i + 1];
  }
  return out;
}

std::array<Fr, kDegree + 1> round_coefficients(const RoundValues& values) {
  // Divided differences on 0, 1, ..: b_i with p(X) = sum_i b_i X (X - 1) .. (X - i + 1).
  std::array<Fr, kDegree + 1> b = values;
  for (unsigned level = 1; level <= kDegree; level++) {
    static const auto inverses = [] {
      std::array<Fr, kDegree + 1> inv;
      for (unsigned i = 1; i <= kDegree; i++) inv[i] = Fr(uint64_t{i}).inverse();
      return inv;
    }();
    for (unsigned i = kDegree; i >= level; i--) b[i] = (b[i] - b[i - 1]) * inverses[level];
  }
  // Horner in the basis: p = b_0 + X (b_1 + (X - 1) (b_2 + ..)).
  std::array<Fr, kDegree + 1> c{};
  c[0] = b[kDegree];
  for (unsigned i = kDegree; i-- > 0;) {
    for (unsigned j = kDegree; j > 0; j--) c[j] = c[j - 1] - Fr(uint64_t{i}) * c[j];
    c[0] = b[i] - Fr(uint64_t{i}) * c[0];
  }
  return c;
}

}  // namespace sotto::claim
