// SPDX-License-Identifier: Apache-2.0
// The mask of a sumcheck's rounds: g(x) = sum_i g_i(x_i) with random univariate g_i (Libra, eprint 2019/317,
// section 4.1). Its coefficients lie in a committed column in two shares, a_{i,e} = Z[i,e,0] + Z[i,e,1]
// (docs/protocol.md, section 11).
#pragma once
#include <functional>

#include "zk/poly/multilinear.h"

namespace sotto::zk {

// Row of a share of a coefficient; exponents below 8.
inline uint64_t mask_row(unsigned variable, unsigned exponent, unsigned share) {
  return share | exponent << 1 | variable << 4;
}

class LibraMask {
 public:
  // z: the column; g has `variables` variables and `degree` in each.
  LibraMask(std::span<const Fr> z, unsigned variables, unsigned degree) : z_(z), n_(variables), degree_(degree) {}

  Fr coefficient(unsigned variable, unsigned exponent) const {
    return z_[mask_row(variable, exponent, 0)] + z_[mask_row(variable, exponent, 1)];
  }
  // sum of g over the hypercube: 2^(n-1) sum_i (g_i(0) + g_i(1)).
  Fr sum() const;
  // Its part in the claim: a column of rows mask_row(n, 0, 0) with drawn values.
  static std::vector<Fr> draw(unsigned variables, unsigned degree, const std::function<Fr()>& next);
  // Weights w with <Z, w> = scale g(u).
  std::vector<Fr> weights_at(PointSpan u, const Fr& scale) const;
  // The extension at x of the weights with scale 1: what a verifier computes. O(n degree).
  static Fr weight_at(PointSpan u, PointSpan x, unsigned degree);

  unsigned variables() const { return n_; }
  unsigned degree() const { return degree_; }
  Fr both_ends(unsigned variable) const;           // g_i(0) + g_i(1)
  Fr value(unsigned variable, const Fr& x) const;  // g_i(x)

 private:
  std::span<const Fr> z_;
  unsigned n_, degree_;
};

// The mask's part of every round, scaled by rho:
//   rho 2^(n-1-i) [ sum_{j<i} g_j(u_j) + g_i(X) + 1/2 sum_{j>i} (g_j(0) + g_j(1)) ], g_j of the variable that round j
//   binds.
class LibraRounds {
 public:
  LibraRounds(LibraMask mask, const Fr& rho, std::function<unsigned(unsigned round)> variable);
  void add_round(std::span<Fr> coefficients) const;  // degree + 1 of them
  void bind(const Fr& x);

 private:
  LibraMask mask_;
  std::function<unsigned(unsigned)> variable_;
  unsigned round_ = 0;
  Fr scale_, half_, done_, rest_;  // rest_: both ends of the variables behind the one of this round
};

}  // namespace sotto::zk
