// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace sotto::judge {
namespace {

TEST(Metrics, AucCountsPairs) {
  EXPECT_DOUBLE_EQ(auc({3, 4}, {1, 2}), 1);
  EXPECT_DOUBLE_EQ(auc({1, 2}, {3, 4}), 0);
  EXPECT_DOUBLE_EQ(auc({1, 1}, {1}), 0.5);
  EXPECT_DOUBLE_EQ(auc({1, 3}, {2}), 0.5);
  std::mt19937_64 random(1);
  for (int trial = 0; trial < 50; trial++) {
    std::vector<double> a(1 + random() % 9), b(1 + random() % 9);
    for (double& x : a) x = static_cast<double>(random() % 5);
    for (double& x : b) x = static_cast<double>(random() % 5);
    double pairs = 0;
    for (double x : a)
      for (double y : b) pairs += x > y ? 1 : x == y ? 0.5 : 0;
    EXPECT_NEAR(auc(a, b), pairs / static_cast<double>(a.size() * b.size()), 1e-12);
  }
}

TEST(Metrics, Correlations) {
  EXPECT_NEAR(pearson({1, 2, 3}, {2, 4, 6}), 1, 1e-12);
  EXPECT_NEAR(pearson({1, 2, 3}, {3, 2, 1}), -1, 1e-12);
  EXPECT_EQ(pearson({1, 1, 1}, {1, 2, 3}), 0);
  EXPECT_NEAR(spearman({1, 2, 3, 4}, {1, 10, 100, 1000}), 1, 1e-12);
  // Ranks 1.5 1.5 3 and 1 2 3: covariance 1.5 of variances 1.5 and 2.
  EXPECT_NEAR(spearman({5, 5, 9}, {1, 2, 3}), 1.5 / std::sqrt(1.5 * 2), 1e-12);
}

TEST(Metrics, Percentiles) {
  EXPECT_DOUBLE_EQ(percentile({3, 1, 2}, 0.5), 2);
  EXPECT_DOUBLE_EQ(percentile({0, 10}, 0.95), 9.5);
  EXPECT_DOUBLE_EQ(percentile_rank({1, 2, 3, 4}, 2.5), 50);
  EXPECT_DOUBLE_EQ(percentile_rank({1, 2, 3, 4}, 4), 87.5);
}

}  // namespace
}  // namespace sotto::judge
