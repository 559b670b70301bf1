// SPDX-License-Identifier: Apache-2.0
// Vectors that are tensor products, as polynomials: t(X) = prod_i (c_i + d_i X^(2^i)) has 2^n coefficients and O(n)
// values.
#pragma once
#include "zk/poly/multilinear.h"

namespace sotto::zk {

class TensorPolynomial {
 public:
  static TensorPolynomial eq(PointSpan point);                        // sum_j eq(j; point) X^j
  static TensorPolynomial powers(const Fr& alpha, size_t variables);  // sum_j alpha^j X^j
  Fr at(const Fr& x) const;

  // p(X) t(1/X) + p(1/X) t(X) is 2 c_0 + sum_{k>0} c_k (X^k + X^-k). Adds scale * c_k to out[k]; c_0 is the inner
  // product of the coefficients of p and t. `out` is as long as either.
  void add_symmetric_product(std::span<Fr> out, const Fr& scale, std::span<const Fr> p) const;

 private:
  struct Factor {
    Fr c, d;
  };
  std::vector<Factor> factors_;
};

}  // namespace sotto::zk
