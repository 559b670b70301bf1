// SPDX-License-Identifier: Apache-2.0
#include "zk/poly/tensor_polynomial.h"

#include <algorithm>

#include "base/check.h"

namespace sotto::zk {

TensorPolynomial TensorPolynomial::eq(PointSpan point) {
  TensorPolynomial t;
  for (const Fr& x : point) t.factors_.push_back({Fr::one() - x, x});
  return t;
}

TensorPolynomial TensorPolynomial::powers(const Fr& alpha, size_t variables) {
  TensorPolynomial t;
  Fr power = alpha;
  for (size_t i = 0; i < variables; i++, power = power.square()) t.factors_.push_back({Fr::one(), power});
  return t;
}

Fr TensorPolynomial::at(const Fr& x) const {
  Fr value = Fr::one(), power = x;
  for (const Factor& f : factors_) {
    value *= f.c + f.d * power;
    power = power.square();
  }
  return value;
}

void TensorPolynomial::add_symmetric_product(std::span<Fr> out, const Fr& scale, std::span<const Fr> p) const {
  const size_t length = size_t{1} << factors_.size();
  SOTTO_CHECK(out.size() >= std::max(length, p.size()));
  // e[k + length - 1] is the coefficient of X^k in p(X) t(1/X), once every factor c + d X^(-2^i) is multiplied in.
  std::vector<Fr> e(p.size() + length - 1);
  std::copy(p.begin(), p.end(), e.begin() + static_cast<std::ptrdiff_t>(length - 1));
  for (size_t i = 0; i < factors_.size(); i++)
    for (size_t k = 0; k < e.size(); k++) {
      const size_t above = k + (size_t{1} << i);
      e[k] = factors_[i].c * e[k] + (above < e.size() ? factors_[i].d * e[above] : Fr::zero());
    }
  for (size_t k = 0; k < p.size(); k++) out[k] += scale * e[length - 1 + k];
  for (size_t k = 1; k < length; k++) out[k] += scale * e[length - 1 - k];
}

}  // namespace sotto::zk
