// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/fraction.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sotto::sound {

bool FractionArithmetic::fits(WordId word, int64_t factor) const {
  const int64_t m = words_.range(word).magnitude();
  return m == 0 || std::abs(factor) <= kWordMax / m;
}

WordId FractionArithmetic::truncated(const Fraction& x) {
  return x.denominator == 1 ? x.word : words_.op(Op::kDiv, x.word, words_.constant(x.denominator));
}

Fraction FractionArithmetic::reduced(Fraction x) {
  while (x.denominator > 1) {
    const auto constant = words_.constant_value(x.word);
    const auto multiple = words_.as_multiple(x.word);
    const int64_t factor = constant ? *constant : multiple && fits(multiple->word, multiple->factor) ? multiple->factor : 1;
    const int64_t g = std::gcd(factor, x.denominator);
    if (g <= 1) break;
    x.word = constant ? words_.constant(factor / g) : times(multiple->word, factor / g);
    x.denominator /= g;
  }
  return x;
}

// (a / b) 2^bits, truncated.
WordId FractionArithmetic::scaled_quotient(WordId a, WordId b, int bits) {
  if (fits(a, int64_t{1} << bits)) return words_.op(Op::kDiv, times(a, int64_t{1} << bits), b);
  const WordId whole = words_.op(Op::kDiv, a, b), rest = words_.op(Op::kMod, a, b);
  return words_.op(Op::kAdd, times(whole, int64_t{1} << bits), words_.op(Op::kDiv, times(rest, int64_t{1} << bits), b));
}

Fraction FractionArithmetic::fixed_point(const Fraction& x, int bits) {
  if (x.denominator == int64_t{1} << bits) return x;
  if (x.denominator == 1) return {times(x.word, int64_t{1} << bits), int64_t{1} << bits};
  return {scaled_quotient(x.word, words_.constant(x.denominator), bits), int64_t{1} << bits};
}

void FractionArithmetic::align(Fraction& x, Fraction& y) {
  if (x.denominator == y.denominator) return;
  const int64_t g = std::gcd(x.denominator, y.denominator);
  const int64_t fx = y.denominator / g, fy = x.denominator / g;  // both below 2^31
  const int64_t common = x.denominator * fx;
  if (common <= kSmallDenominator || (common <= kWordMax && fits(x.word, fx) && fits(y.word, fy))) {
    x = {times(x.word, fx), common};
    y = {times(y.word, fy), common};
    return;
  }
  x = fixed_point(x, kFractionBits);
  y = fixed_point(y, kFractionBits);
}

Fraction FractionArithmetic::scale(Fraction x, int64_t p, int64_t q) {
  if (q < 0) {
    p = -p;
    q = -q;
  }
  const int64_t g = std::gcd(p, x.denominator);
  if (g > 1) {
    p /= g;
    x.denominator /= g;
  }
  Fraction r = reduced({x.word, q});  // cancels before it multiplies
  const int64_t rest = r.denominator;
  if (rest <= kWordMax / x.denominator) return reduced({times(r.word, p), rest * x.denominator});
  // The denominator has no room: give up the bits below 2^-kFractionBits first.
  const Fraction coarse = fixed_point({r.word, x.denominator}, kFractionBits);
  if (rest <= kWordMax / coarse.denominator) return reduced({times(coarse.word, p), rest * coarse.denominator});
  return {words_.constant(0), 1};
}

Rational FractionArithmetic::factor_for(const Fraction& x, double value, bool divides) const {
  const int64_t magnitude = std::max<int64_t>(1, words_.range(x.word).magnitude());
  const bool wraps = magnitude == kWordMax + 1;
  const int64_t room = wraps ? kSmallDenominator : kWordMax / magnitude;  // for what multiplies the word
  const int64_t below = std::max<int64_t>(1, kWordMax / x.denominator);   // for what multiplies the denominator
  const double m = std::abs(value);
  if (divides) {
    const Rational r = nearest_rational(value, std::max<int64_t>(below, static_cast<int64_t>(m)), std::max<int64_t>(room, 1));
    return {r.q, r.p};
  }
  return nearest_rational(value, std::max<int64_t>(wraps ? kWordMax : room, static_cast<int64_t>(m)), wraps ? room : below);
}

Fraction FractionArithmetic::multiply(Fraction x, Fraction y) {
  x = reduced(x);
  y = reduced(y);
  const bool product_fits = fits(x.word, words_.range(y.word).magnitude());
  if (x.denominator * y.denominator > kSmallDenominator && !product_fits) {
    // Coarser factors leave the product room.
    if (x.denominator > y.denominator || x.denominator > kSmallDenominator) x = fixed_point(x, kFractionBits / 2);
    if (y.denominator > kSmallDenominator || x.denominator * y.denominator > kSmallDenominator) y = fixed_point(y, kFractionBits / 2);
  }
  if (x.denominator > kWordMax / y.denominator) x = fixed_point(x, kFractionBits);
  if (x.denominator > kWordMax / y.denominator) y = fixed_point(y, kFractionBits);
  return reduced({words_.op(Op::kMul, x.word, y.word), x.denominator * y.denominator});
}

Fraction FractionArithmetic::divide(Fraction a, Fraction b, bool exact) {
  const int64_t g = std::gcd(a.denominator, b.denominator);
  const WordId over = times(a.word, b.denominator / g), under = times(b.word, a.denominator / g);
  if (!exact) return {words_.op(Op::kDiv, over, under), 1};
  return {scaled_quotient(over, under, kFractionBits), int64_t{1} << kFractionBits};
}

// floor(n / d) = trunc((n - (d - 1)) / d) for n < 0.
Fraction FractionArithmetic::floor(const Fraction& x) {
  if (x.denominator == 1 || words_.range(x.word).lo >= 0) return {truncated(x), 1};
  const WordId negative = words_.op(Op::kLt, x.word, words_.constant(0));
  const WordId lowered = words_.op(Op::kSub, x.word, words_.constant(x.denominator - 1));
  return {truncated({words_.op(Op::kSelect, negative, lowered, x.word), x.denominator}), 1};
}

}  // namespace sotto::sound
