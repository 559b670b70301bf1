// SPDX-License-Identifier: Apache-2.0
// What the two sides of an opening compute alike (opening.h has the formulas).
#pragma once
#include <array>
#include <optional>

#include "zk/commit/srs.h"
#include "zk/poly/tensor_polynomial.h"

namespace sotto::zk {

// A polynomial at zeta and at 1/zeta.
using PairOfValues = std::array<Fr, 2>;

// zeta and its inverse; there is none if the two are one or zeta is 0.
struct PairOfPoints {
  Fr zeta, over_zeta, over_gap;  // over_gap = 1 / (1/zeta - zeta)

  static std::optional<PairOfPoints> of(const Fr& zeta) {
    const Fr gap = Fr::one() - zeta.square();
    if (zeta.is_zero() || gap.is_zero()) return {};
    const Fr inverse = (zeta * gap).inverse();
    return PairOfPoints{zeta, inverse * gap, inverse * zeta.square()};
  }
  Fr slope(const PairOfValues& v) const { return (v[1] - v[0]) * over_gap; }
  // The line through both values, at x.
  Fr line_at(const PairOfValues& v, const Fr& x) const { return v[0] + slope(v) * (x - zeta); }
  // Z(x) = x^2 - sum() x + 1
  Fr sum() const { return zeta + over_zeta; }
  Fr vanishing_at(const Fr& x) const { return (x - zeta) * (x - over_zeta); }
};

// The left side of the inner products.
struct InnerProducts {
  TensorPolynomial low, high, powers;  // P_l, P_u, E_alpha
  Fr gamma;

  Fr for_h(const Fr& x) const { return gamma * high.at(x) - powers.at(x); }
  Fr sides(const PairOfPoints& x, const PairOfValues& g, const PairOfValues& h) const {
    return g[0] * low.at(x.over_zeta) + g[1] * low.at(x.zeta) + h[0] * for_h(x.over_zeta) + h[1] * for_h(x.zeta);
  }
};

// d(X) = X^(B-1) g(1/X) at both points.
inline PairOfValues reversed(const PairOfPoints& x, const PairOfValues& g) {
  const Fr up = x.zeta.pow((uint64_t{1} << kFoldBits) - 1), down = x.over_zeta.pow((uint64_t{1} << kFoldBits) - 1);
  return {up * g[1], down * g[0]};
}

// g + nu h + nu^2 s + nu^3 d
inline PairOfValues combined(const std::array<PairOfValues, 4>& ghsd, const Fr& nu) {
  PairOfValues v{};
  for (unsigned i = 4; i-- > 0;)
    for (unsigned side = 0; side < 2; side++) v[side] = v[side] * nu + ghsd[i][side];
  return v;
}

}  // namespace sotto::zk
