// SPDX-License-Identifier: Apache-2.0
// Round polynomials of a sumcheck as values at 0, 1, .., degree, and as coefficients.
#pragma once
#include <algorithm>
#include <array>
#include <span>

#include "zk/field/fr.h"

namespace sotto::zk {

// The values at 0 .. N - 1 of the polynomial of degree values.size() - 1 < N that has `values` at 0, 1, ..: differences
// of that order are constant.
template <size_t N>
std::array<Fr, N> extended(std::span<const Fr> values) {
  std::array<Fr, N> out, difference{};  // of every order, at the point
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

// Coefficients from values at 0 .. N - 1 (Newton's divided differences over consecutive integers).
template <size_t N>
std::array<Fr, N> coefficients_of(const std::array<Fr, N>& values) {
  static const auto inverses = [] {
    std::array<Fr, N> inv{};
    for (size_t i = 1; i < N; i++) inv[i] = Fr(uint64_t{i}).inverse();
    return inv;
  }();
  // b_i with p(X) = sum_i b_i X (X - 1) .. (X - i + 1).
  std::array<Fr, N> b = values;
  for (size_t level = 1; level < N; level++)
    for (size_t i = N - 1; i >= level; i--) b[i] = (b[i] - b[i - 1]) * inverses[level];
  // Horner in the basis: p = b_0 + X (b_1 + (X - 1) (b_2 + ..)).
  std::array<Fr, N> c{};
  c[0] = b[N - 1];
  for (size_t i = N - 1; i-- > 0;) {
    for (size_t j = N - 1; j > 0; j--) c[j] = c[j - 1] - Fr(uint64_t{i}) * c[j];
    c[0] = b[i] - Fr(uint64_t{i}) * c[0];
  }
  return c;
}

}  // namespace sotto::zk
