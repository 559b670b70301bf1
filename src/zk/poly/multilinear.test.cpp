// SPDX-License-Identifier: Apache-2.0
// Closed forms against brute force, at block ends too.
#include "zk/poly/multilinear.h"

#include <gtest/gtest.h>

#include <random>

namespace sotto::zk {
namespace {
Point random_point(std::mt19937_64& rng, size_t n) {
  Point p(n);
  for (auto& x : p) x = Fr(rng()) * Fr(rng()) + Fr(rng());
  return p;
}

TEST(Multilinear, ClosedFormsMatchBruteForce) {
  std::mt19937_64 rng(1);
  for (size_t b : {1u, 3u, 5u})
    for (uint64_t limit = 0; limit <= (uint64_t{1} << b); limit++) {
      const Point x = random_point(rng, b), r = random_point(rng, b);
      const auto ex = eq_table(x), er = eq_table(r);
      Fr truncated, ind, weighted, shift[2];
      for (uint64_t t = 0; t < limit; t++) {
        truncated += ex[t] * er[t];
        ind += ex[t];
        weighted += ex[t] * Fr(t);
        for (unsigned d = 0; d < 2; d++)
          if (t + d < ex.size()) shift[d] += er[t] * ex[t + d];
      }
      EXPECT_EQ(eq_truncated(x, r, limit), truncated);
      EXPECT_EQ(indicator(x, limit), ind);
      EXPECT_EQ(weighted_indicator(x, limit), weighted);
      EXPECT_EQ(shift_eq(x, r, limit, 0), shift[0]);
      if (limit < ex.size()) {
        EXPECT_EQ(shift_eq(x, r, limit, 1), shift[1]);
      }
      EXPECT_EQ(eq_index(x, limit), limit < ex.size() ? ex[limit] : Fr::zero());
    }
}

TEST(Multilinear, Triangle) {
  std::mt19937_64 rng(2);
  const Point xj = random_point(rng, 3), yj = random_point(rng, 3), xk = random_point(rng, 3), yk = random_point(rng, 3);
  const auto a = eq_table(xj), b = eq_table(yj), c = eq_table(xk), d = eq_table(yk);
  Fr sum;
  for (int j = 0; j < 8; j++)
    for (int k = 0; k <= j; k++) sum += a[j] * b[j] * c[k] * d[k];
  EXPECT_EQ(triangle(xj, yj, xk, yk), sum);
}

TEST(Multilinear, EvaluateIsInnerProductWithEq) {
  std::mt19937_64 rng(3);
  const Point x = random_point(rng, 6);
  const auto e = eq_table(x);
  std::vector<Fr> table(37);
  Fr sum;
  for (size_t i = 0; i < table.size(); i++) {
    table[i] = Fr(rng());
    sum += table[i] * e[i];
  }
  EXPECT_EQ(evaluate(table, x), sum);
}
}  // namespace
}  // namespace sotto::zk
