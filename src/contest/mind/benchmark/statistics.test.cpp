// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/statistics.h"

#include <gtest/gtest.h>

namespace sotto::contest {
namespace {

TEST(Statistics, QuartilesLieBetweenNeighbours) {
  const Quartiles q = quartiles({4, 1, 3, 2});
  EXPECT_DOUBLE_EQ(q.low, 1.75);
  EXPECT_DOUBLE_EQ(q.median, 2.5);
  EXPECT_DOUBLE_EQ(q.high, 3.25);
  EXPECT_DOUBLE_EQ(quartiles({7}).high, 7);
}

// All 6 arrangements of 2 + 2 values: U is 0, 1, 2, 2, 3 or 4.
TEST(Statistics, SmallSamplesAreExact) {
  EXPECT_DOUBLE_EQ(mann_whitney({3, 4}, {1, 2}).p, 2.0 / 6);
  EXPECT_DOUBLE_EQ(mann_whitney({3, 4}, {1, 2}).superiority, 1);
  EXPECT_DOUBLE_EQ(mann_whitney({1, 4}, {2, 3}).p, 1);
  EXPECT_DOUBLE_EQ(mann_whitney({1, 4}, {2, 3}).superiority, 0.5);
  // 5 against 5, all above: 2 of C(10, 5) = 252 arrangements are as extreme.
  EXPECT_NEAR(mann_whitney({6, 7, 8, 9, 10}, {1, 2, 3, 4, 5}).p, 2.0 / 252, 1e-12);
}

// Figures of R: wilcox.test(a, b, exact = FALSE).
TEST(Statistics, TiesAreCorrectedFor) {
  const Comparison c = mann_whitney({1, 2, 2, 3, 5}, {2, 3, 4, 4, 6, 6});
  EXPECT_NEAR(c.superiority, 6.0 / 30, 1e-12);
  EXPECT_NEAR(c.p, 0.116, 5e-4);
  EXPECT_DOUBLE_EQ(mann_whitney({5, 5, 5}, {5, 5, 5}).p, 1);
  EXPECT_DOUBLE_EQ(mann_whitney({}, {1}).p, 1);
}

TEST(Statistics, BothWaysAgree) {
  std::vector<double> a, b;
  for (int i = 0; i < 20; ++i) a.push_back(3 * i + 10.1), b.push_back(3 * i);
  const double exact = mann_whitney(a, b).p;
  a.push_back(1000.5);
  a.push_back(-1000.5);  // one more on either side: the approximation
  const double approximate = mann_whitney(a, b).p;
  EXPECT_NEAR(exact, approximate, 0.02);
  EXPECT_NEAR(mann_whitney(b, a).p, approximate, 1e-12);
}

}  // namespace
}  // namespace sotto::contest
