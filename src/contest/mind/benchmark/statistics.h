// SPDX-License-Identifier: Apache-2.0
// Order statistics, and the test that says whether one sample lies above another.
#pragma once
#include <vector>

namespace sotto::contest {

struct Quartiles {
  double low = 0, median = 0, high = 0;
};
// Quantile q lies at position q (n - 1) of the sorted values, between neighbours linearly. Requires values.
Quartiles quartiles(std::vector<double> values);

// Mann, Whitney, "On a test of whether one of two random variables is stochastically larger than the other", 1947.
struct Comparison {
  double superiority = 0.5;  // chance that a value of a is larger than one of b, ties counted half
  double p = 1;              // two-sided
};
// Exact where both samples are small and no two values are equal; else the normal approximation with the corrections
// for ties and for continuity. Two samples without values compare as equal.
Comparison mann_whitney(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace sotto::contest
