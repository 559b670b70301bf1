// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace sotto::judge {
namespace {

double mean(const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size()); }

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t i, size_t j) { return values[i] < values[j]; });
  std::vector<double> rank(values.size());
  for (size_t i = 0, end = 0; i < order.size(); i = end) {
    while (end < order.size() && values[order[end]] == values[order[i]]) end++;
    for (size_t j = i; j < end; j++) rank[order[j]] = static_cast<double>(i + end - 1) / 2;
  }
  return rank;
}

}  // namespace

double auc(const std::vector<double>& positives, const std::vector<double>& negatives) {
  SOTTO_CHECK(!positives.empty() && !negatives.empty());
  std::vector<double> all = positives;
  all.insert(all.end(), negatives.begin(), negatives.end());
  const std::vector<double> rank = ranks(all);
  const double p = static_cast<double>(positives.size()), n = static_cast<double>(negatives.size());
  const double sum = std::accumulate(rank.begin(), rank.begin() + static_cast<std::ptrdiff_t>(positives.size()), 0.0);
  return (sum - p * (p - 1) / 2) / (p * n);  // Mann and Whitney's U
}

double pearson(const std::vector<double>& a, const std::vector<double>& b) {
  SOTTO_CHECK(a.size() == b.size());
  if (a.empty()) return 0;
  const double ma = mean(a), mb = mean(b);
  double ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); i++) {
    ab += (a[i] - ma) * (b[i] - mb);
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) { return pearson(ranks(a), ranks(b)); }

double percentile(std::vector<double> values, double p) {
  SOTTO_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  const double at = p * static_cast<double>(values.size() - 1);
  const size_t i = std::min(static_cast<size_t>(at), values.size() - 1), next = std::min(i + 1, values.size() - 1);
  return values[i] + (at - static_cast<double>(i)) * (values[next] - values[i]);
}

double percentile_rank(const std::vector<double>& values, double x) { return 100 * auc({x}, values); }

}  // namespace sotto::judge
