// SPDX-License-Identifier: Apache-2.0
// Order statistics, the line through points, and the test that says whether one sample lies above another.
#pragma once
#include <vector>

namespace sotto::contest {

struct Quartiles {
  double low = 0, median = 0, high = 0;
};
// Quantile q lies at position q (n - 1) of the sorted values, between neighbours linearly. Requires values.
Quartiles quartiles(std::vector<double> values);

// Ordinary least squares: y = intercept + slope x with the smallest sum of squared differences.
struct LineFit {
  double intercept = 0, slope = 0;
  double r_squared = 0;  // 1 - (sum of squared differences) / (sum of squares of y around its mean); 1 for a constant y
};
// Requires as many x as y, and two different x.
LineFit fit_line(const std::vector<double>& x, const std::vector<double>& y);

// Mann, Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947.
struct Comparison {
  double superiority = 0.5;  // chance that a value of a is larger than one of b, ties counted half
  double p = 1;              // two-sided
};
// Exact where both samples are small and no two values are equal; else the normal approximation with the corrections
// for ties and for continuity. Two samples without values compare as equal.
Comparison mann_whitney(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace sotto::contest
