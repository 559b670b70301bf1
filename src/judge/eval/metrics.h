// SPDX-License-Identifier: Apache-2.0
// How two lists of numbers relate.
#pragma once
#include <vector>

namespace sotto::judge {

// Probability that a positive outscores a negative; ties count one half. Requires both.
double auc(const std::vector<double>& positives, const std::vector<double>& negatives);
// Correlation; 0 where one of the lists does not vary. Requires equally many.
double pearson(const std::vector<double>& a, const std::vector<double>& b);
// Pearson's correlation of the ranks; equal values share the mean of their ranks.
double spearman(const std::vector<double>& a, const std::vector<double>& b);
// Linear interpolation between order statistics, 0 <= p <= 1. Requires values.
double percentile(std::vector<double> values, double p);
// The share of values below x, equal ones counted half, times 100. Requires values.
double percentile_rank(const std::vector<double>& values, double x);

}  // namespace sotto::judge
