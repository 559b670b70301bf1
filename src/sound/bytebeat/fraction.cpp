// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/fraction.h"

#include <algorithm>
#include <bit>
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

// Gives up binary digits, as few as it takes, down to 2^-least_bits.
template <class Fits>
Fraction FractionArithmetic::coarser(const Fraction& x, int least_bits, Fits fits) {
  if (!std::has_single_bit(static_cast<uint64_t>(x.denominator))) return x;
  int bits = 0;
  while (x.denominator >> bits > int64_t{1} << least_bits && !fits(bits)) bits++;
  return {words_.op(Op::kShr, x.word, words_.constant(bits)), x.denominator >> bits};
}

// Leaves the word room for the factor.
Fraction FractionArithmetic::with_room(const Fraction& x, int64_t factor) {
  const int64_t magnitude = words_.range(x.word).magnitude();
  return coarser(x, kFractionBits / 2,
                 [&](int bits) { return factor == 0 || magnitude >> bits <= kWordMax / std::abs(factor); });
}

WordId FractionArithmetic::angle(Fraction x, double turns) {
  turns = std::ldexp(turns / static_cast<double>(x.denominator), 32);
  if (const auto multiple = words_.as_multiple(x.word); multiple && fits(multiple->word, multiple->factor)) {
    turns *= multiple->factor;
    x.word = multiple->word;
  }
  if (!std::isfinite(turns)) return words_.constant(0);
  const double whole = std::round(turns), rest = turns - whole;
  const WordId angle = times(x.word, static_cast<int64_t>(std::fmod(whole, 4294967296.0)));
  const int64_t magnitude = words_.range(x.word).magnitude();
  if (static_cast<double>(magnitude) * std::abs(rest) <= 65536 || magnitude > kWordMax) return angle;
  const int bits = std::bit_width(static_cast<uint64_t>(magnitude)) / 2;
  const WordId high = words_.op(Op::kShr, x.word, words_.constant(bits));
  return words_.op(Op::kAdd, angle, times(high, static_cast<int64_t>(std::round(std::ldexp(rest, bits)))));
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
  Fraction &fine = x.denominator >= y.denominator ? x : y, &other = x.denominator >= y.denominator ? y : x;
  if (fine.denominator % other.denominator == 0) {
    const Fraction less = coarser(fine, kFractionBits, [&](int bits) {
      return fits(other.word, (fine.denominator >> bits) / other.denominator);
    });
    if (less.denominator < fine.denominator) {
      fine = less;
      return align(x, y);
    }
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
  if (x.denominator > kSmallDenominator && !fits(x.word, p)) x = with_room(x, p);
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
  const auto tight = [&] {
    return x.denominator * y.denominator > kSmallDenominator && !fits(x.word, words_.range(y.word).magnitude());
  };
  // Coarser factors leave the product room.
  if (tight()) {
    Fraction &fine = x.denominator >= y.denominator ? x : y, &other = x.denominator >= y.denominator ? y : x;
    fine = with_room(fine, words_.range(other.word).magnitude());
  }
  if (tight()) {
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
