// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/rational.h"

#include <cmath>

namespace sotto::sound {

// Convergents p_k / q_k with p_k = a_k p_(k-1) + p_(k-2), q_k likewise.
Rational nearest_rational(double x, int64_t max_p, int64_t max_q) {
  const double y = std::abs(x);
  int64_t p0 = 0, q0 = 1, p1 = 1, q1 = 0;
  double rest = y;
  for (int k = 0; k < 40; k++) {
    const double a = std::floor(rest);
    const double p = a * static_cast<double>(p1) + static_cast<double>(p0);
    const double q = a * static_cast<double>(q1) + static_cast<double>(q0);
    if (k > 0 && (p > static_cast<double>(max_p) || q > static_cast<double>(max_q))) break;
    p0 = p1;
    q0 = q1;
    p1 = static_cast<int64_t>(p);
    q1 = static_cast<int64_t>(q);
    if (std::abs(y - p / q) <= y * 2.3e-16 || rest == a) break;
    rest = 1 / (rest - a);
  }
  return {x < 0 ? -p1 : p1, q1};
}

bool is_fraction(double x, int64_t max_q) {
  const Rational r = nearest_rational(x, INT32_MAX, max_q);
  const double scaled = x * static_cast<double>(r.q);
  return std::abs(scaled - static_cast<double>(r.p)) <= std::abs(scaled) * 1e-15;
}

}  // namespace sotto::sound
