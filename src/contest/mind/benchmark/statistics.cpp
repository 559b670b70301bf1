// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace sotto::contest {
namespace {

constexpr size_t kExactUpTo = 20;  // values per sample

double quantile(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const size_t i = static_cast<size_t>(at), next = std::min(i + 1, sorted.size() - 1);
  return sorted[i] + (at - static_cast<double>(i)) * (sorted[next] - sorted[i]);
}

// Chance of a statistic U of at most u when n and m values are shuffled. The number of arrangements with U = k follows
// f(n, m, k) = f(n - 1, m, k - m) + f(n, m - 1, k): the largest value is one of the n, or one of the m.
double exact_tail(size_t n, size_t m, size_t u) {
  std::vector<std::vector<double>> ways(m + 1, std::vector<double>(n * m + 1));  // of the current n; shares, not counts
  for (size_t j = 0; j <= m; ++j) ways[j][0] = 1;
  for (size_t i = 1; i <= n; ++i) {
    for (size_t j = 1; j <= m; ++j) {
      const double a = static_cast<double>(i) / static_cast<double>(i + j);
      std::vector<double> next(n * m + 1);
      for (size_t k = 0; k <= i * j; ++k) next[k] = (k >= j ? a * ways[j][k - j] : 0) + (1 - a) * ways[j - 1][k];
      ways[j] = std::move(next);
    }
  }
  double sum = 0;
  for (size_t k = 0; k <= std::min(u, n * m); ++k) sum += ways[m][k];
  return sum;
}

// Sum of t^3 - t over the groups of t equal values.
double tie_term(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  double sum = 0;
  for (size_t i = 0, j; i < all.size(); i = j) {
    for (j = i; j < all.size() && all[j] == all[i];) ++j;
    const double t = static_cast<double>(j - i);
    sum += t * t * t - t;
  }
  return sum;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Quartiles quartiles(std::vector<double> values) {
  SOTTO_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  return {quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)};
}

// slope = S_xy / S_xx with S_xy = sum (x - mean x)(y - mean y), and the line passes through the means.
LineFit fit_line(const std::vector<double>& x, const std::vector<double>& y) {
  SOTTO_CHECK(x.size() == y.size() && !x.empty());
  const double x_mean = mean(x), y_mean = mean(y);
  double xx = 0, xy = 0, yy = 0, rest = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - x_mean) * (x[i] - x_mean);
    xy += (x[i] - x_mean) * (y[i] - y_mean);
    yy += (y[i] - y_mean) * (y[i] - y_mean);
  }
  SOTTO_CHECK(xx > 0);
  LineFit fit{y_mean - xy / xx * x_mean, xy / xx, 1};
  for (size_t i = 0; i < x.size(); ++i) rest += std::pow(y[i] - fit.intercept - fit.slope * x[i], 2);
  if (yy > 0) fit.r_squared = 1 - rest / yy;
  return fit;
}

Comparison mann_whitney(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  if (a.empty() || b.empty()) return {};
  double u = 0;
  for (const double x : a)
    for (const double y : b) u += x > y ? 1 : x == y ? 0.5 : 0;
  std::vector<double> all = a;
  all.insert(all.end(), b.begin(), b.end());
  const double ties = tie_term(all);
  Comparison out{u / (n * m), 1};
  const double smaller = std::min(u, n * m - u);
  if (ties == 0 && a.size() <= kExactUpTo && b.size() <= kExactUpTo) {
    out.p = std::min(1.0, 2 * exact_tail(a.size(), b.size(), static_cast<size_t>(smaller)));
    return out;
  }
  const double variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
  if (variance <= 0) return out;  // all values are equal
  const double z = std::max(0.0, n * m / 2 - smaller - 0.5) / std::sqrt(variance);
  out.p = std::erfc(z / std::sqrt(2.0));
  return out;
}

}  // namespace sotto::contest
