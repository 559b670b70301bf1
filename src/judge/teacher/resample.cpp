// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

#include "base/check.h"

namespace sotto::judge::teacher {
namespace {

constexpr double kCrossings = 6, kRolloff = 0.99;

// With a, b: the rates divided by their greatest common divisor, c = 0.99 min(a, b):
//   y[j b + p] = Σ_i  (c / a) · sinc(t) · cos²(π t / 12) · x[j a + i],   t = c (i / a - p / b),  |t| < 6
struct Phase {
  int64_t first = 0;  // i of the first tap
  std::vector<float> taps;
};

Phase phase_of(uint64_t p, double a, double b) {
  const double c = kRolloff * std::min(a, b), centre = a * static_cast<double>(p) / b, reach = kCrossings * a / c;
  const int64_t first = static_cast<int64_t>(std::ceil(centre - reach)),
                last = static_cast<int64_t>(std::floor(centre + reach));
  Phase phase{first, {}};
  for (int64_t i = first; i <= last; i++) {
    const double t = c * (static_cast<double>(i) / a - static_cast<double>(p) / b), angle = std::numbers::pi * t;
    const double window = std::pow(std::cos(angle / (2 * kCrossings)), 2);
    phase.taps.push_back(static_cast<float>(c / a * window * (t == 0 ? 1 : std::sin(angle) / angle)));
  }
  return phase;
}

}  // namespace

std::vector<float> resample(std::span<const float> x, unsigned from, unsigned to) {
  SOTTO_CHECK(from >= 1 && to >= 1);
  if (from == to) return {x.begin(), x.end()};
  const uint64_t divisor = std::gcd(from, to), a = from / divisor, b = to / divisor;
  std::vector<Phase> phases;
  for (uint64_t p = 0; p < b; p++) phases.push_back(phase_of(p, static_cast<double>(a), static_cast<double>(b)));

  std::vector<float> out((x.size() * b + a - 1) / a);
  const int64_t size = static_cast<int64_t>(x.size());
  for (size_t n = 0; n < out.size(); n++) {
    const Phase& phase = phases[n % b];
    const int64_t at = static_cast<int64_t>(n / b * a) + phase.first;
    const int64_t begin = std::max<int64_t>(0, -at), end = std::min(static_cast<int64_t>(phase.taps.size()), size - at);
    double sum = 0;
    for (int64_t i = begin; i < end; i++)
      sum += double{phase.taps[static_cast<size_t>(i)]} * double{x[static_cast<size_t>(at + i)]};
    out[n] = static_cast<float>(sum);
  }
  return out;
}

}  // namespace sotto::judge::teacher
