// SPDX-License-Identifier: Apache-2.0
// The bounds of fr_lanes.h as a ring: run a formula on LaneBound and every value carries its worst case, in multiples of p; a
// violated precondition sets `broken`. Slow and exact enough (bounds are rounded up); for tests.
#pragma once
#include <algorithm>

namespace sotto::zk {

struct LaneBound {
  static constexpr double kProduct = 1.15, kField = 84, kReduce = 16, kOffset = 17, kSlack = 1e-6;
  double times_p = 0;
  inline static bool broken = false;
  inline static double largest = 0;

  LaneBound() = default;
  explicit LaneBound(double b) : times_p(b) { largest = std::max(largest, b); }

  friend LaneBound operator*(const LaneBound& a, const LaneBound& b) {
    broken = broken || a.times_p >= kField || b.times_p >= kField;
    return LaneBound(a.times_p * b.times_p / kField + kProduct);
  }
  friend LaneBound operator+(const LaneBound& a, const LaneBound& b) { return settle(a.times_p + b.times_p); }
  friend LaneBound operator-(const LaneBound& a, const LaneBound& b) {
    broken = broken || b.times_p > kOffset;
    return settle(a.times_p + kOffset);
  }
  LaneBound& operator+=(const LaneBound& b) { return *this = *this + b; }

 private:
  static LaneBound settle(double b) { return LaneBound(b <= kReduce ? b : std::max(kReduce + kSlack, b - kReduce)); }
};

}  // namespace sotto::zk
