// SPDX-License-Identifier: Apache-2.0
// Fractions for the decimals of a song.
#pragma once
#include <cstdint>

namespace sotto::sound {

struct Rational {
  int64_t p = 0, q = 1;  // q > 0, in lowest terms
};

// The fraction that is x to double precision if it has |p| <= max_p and q <= max_q, and otherwise the last convergent
// of x's continued fraction that has. Requires: x finite, max_p >= |x|, max_q >= 1.
Rational nearest_rational(double x, int64_t max_p, int64_t max_q);

// Whether x is, to double precision, a fraction with a denominator of at most max_q. Requires: x finite, |x| < 2^31.
bool is_fraction(double x, int64_t max_q);

}  // namespace sotto::sound
