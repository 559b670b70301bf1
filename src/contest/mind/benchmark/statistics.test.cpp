// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sotto::contest {
namespace {

TEST(Statistics, QuartilesLieBetweenNeighbours) {
  const Quartiles q = quartiles({4, 1, 3, 2});
  EXPECT_DOUBLE_EQ(q.low, 1.75);
  EXPECT_DOUBLE_EQ(q.median, 2.5);
  EXPECT_DOUBLE_EQ(q.high, 3.25);
  EXPECT_DOUBLE_EQ(quartiles({7}).high, 7);
}

TEST(Statistics, PointsOfALineGiveTheLine) {
  const LineFit fit = fit_line({16, 32, 64}, {10, 18, 34});
  EXPECT_NEAR(fit.intercept, 2, 1e-12);
  EXPECT_NEAR(fit.slope, 0.5, 1e-12);
  EXPECT_NEAR(fit.r_squared, 1, 1e-12);
}

// By hand: means 2 and 5/3, S_xx = 2, S_xy = 1, S_yy = 14/3; the line 2/3 + x/2 leaves differences 5/6, -5/3, 5/6.
TEST(Statistics, TheLineLeavesTheLeastSquares) {
  const LineFit fit = fit_line({3, 1, 2}, {3, 2, 0});
  EXPECT_NEAR(fit.slope, 0.5, 1e-12);
  EXPECT_NEAR(fit.intercept, 2.0 / 3, 1e-12);
  EXPECT_NEAR(fit.r_squared, 1 - (25.0 / 6) / (14.0 / 3), 1e-12);
}

// A flat line explains a constant, and nothing of what rises and falls.
TEST(Statistics, FlatLines) {
  const LineFit constant = fit_line({1, 2, 3}, {7, 7, 7});
  EXPECT_DOUBLE_EQ(constant.slope, 0);
  EXPECT_DOUBLE_EQ(constant.intercept, 7);
  EXPECT_DOUBLE_EQ(constant.r_squared, 1);
  EXPECT_NEAR(fit_line({1, 2, 3}, {0, 1, 0}).r_squared, 0, 1e-12);
}

// Large offsets (rows, bytes) do not eat the digits.
TEST(Statistics, FarFromTheOrigin) {
  const LineFit fit = fit_line({1e9 + 1, 1e9 + 2, 1e9 + 3}, {5e9 + 2, 5e9 + 4, 5e9 + 6});
  EXPECT_NEAR(fit.slope, 2, 1e-9);
  EXPECT_NEAR(fit.r_squared, 1, 1e-9);
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

// U = 6.5 of 30, counted by hand; groups of 3, 2 and (4, 4, 6, 6) 2, 2 equal values.
TEST(Statistics, TiesAreCorrectedFor) {
  const Comparison c = mann_whitney({1, 2, 2, 3, 5}, {2, 3, 4, 4, 6, 6});
  EXPECT_NEAR(c.superiority, 6.5 / 30, 1e-12);
  EXPECT_NEAR(c.p, std::erfc(8 / std::sqrt(30.0 / 12 * (12 - 42.0 / 110)) / std::sqrt(2.0)), 1e-12);
  EXPECT_DOUBLE_EQ(mann_whitney({5, 5, 5}, {5, 5, 5}).p, 1);
  EXPECT_DOUBLE_EQ(mann_whitney({}, {1}).p, 1);
}

// Of the 462 ways to choose 5 of these 11 values, 114 are at least as extreme (all were tried).
TEST(Statistics, UnequalSamplesAreExact) {
  const std::vector<double> a = {1.5, 3.5, 7.5, 9.5, 10.5}, b = {1, 2, 3, 4, 5, 6};
  EXPECT_NEAR(mann_whitney(a, b).p, 114.0 / 462, 1e-12);
  EXPECT_NEAR(mann_whitney(b, a).p, 114.0 / 462, 1e-12);
}

// The two methods agree where one ends and the other begins.
TEST(Statistics, ExactAndApproximateMeet) {
  std::vector<double> a, b;
  for (int i = 0; i < 20; ++i) a.push_back(3 * i + 10.1), b.push_back(3 * i);
  const double exact = mann_whitney(a, b).p;
  b.back() = a.back();  // a tie at the top: the approximation
  EXPECT_NEAR(mann_whitney(a, b).p, exact, 0.02);
}

}  // namespace
}  // namespace sotto::contest
