// SPDX-License-Identifier: Apache-2.0
#include "zk/poly/tensor_polynomial.h"

#include <gtest/gtest.h>

namespace sotto::zk {
namespace {

Fr fr(uint64_t v) { return Fr(v * 0x9e3779b97f4a7c15 + 1); }
std::vector<Fr> numbers(size_t n, uint64_t seed) {
  std::vector<Fr> v(n);
  for (Fr& x : v) x = fr(seed++);
  return v;
}

TEST(TensorPolynomial, ValuesAreThoseOfTheTable) {
  for (size_t n : {0u, 1u, 5u}) {
    const Point point = numbers(n, 3);
    EXPECT_EQ(TensorPolynomial::eq(point).at(fr(77)), horner(eq_table(point), fr(77)));
    std::vector<Fr> powers;
    for (size_t i = 0; i < size_t{1} << n; i++) powers.push_back(fr(5).pow(uint64_t{i}));
    EXPECT_EQ(TensorPolynomial::powers(fr(5), n).at(fr(77)), horner(powers, fr(77)));
  }
}

// Against the sums p(x) t(1/x) + p(1/x) t(x), and term by term.
TEST(TensorPolynomial, SymmetricProduct) {
  for (const auto& [n, length] :
       std::initializer_list<std::pair<size_t, size_t>>{{0, 1}, {0, 9}, {3, 8}, {4, 5}, {2, 11}}) {
    const Point point = numbers(n, 11);
    const std::vector<Fr> p = numbers(length, 23), t = eq_table(point);
    const TensorPolynomial tensor = TensorPolynomial::eq(point);
    std::vector<Fr> c(std::max(length, t.size())), slow(c.size());
    tensor.add_symmetric_product(c, fr(1), p);
    tensor.add_symmetric_product(c, fr(2), p);
    for (size_t i = 0; i < p.size(); i++)
      for (size_t j = 0; j < t.size(); j++) slow[i > j ? i - j : j - i] += (fr(1) + fr(2)) * p[i] * t[j];
    EXPECT_EQ(c, slow) << n << " variables, " << length << " coefficients";
    const Fr x = fr(99), over = x.inverse();
    Fr sides = c[0] + c[0];
    for (size_t k = 1; k < c.size(); k++) sides += c[k] * (x.pow(uint64_t{k}) + over.pow(uint64_t{k}));
    EXPECT_EQ(sides, (fr(1) + fr(2)) * (horner(p, x) * tensor.at(over) + horner(p, over) * tensor.at(x)));
  }
}

}  // namespace
}  // namespace sotto::zk
