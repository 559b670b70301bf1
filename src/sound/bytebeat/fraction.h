// SPDX-License-Identifier: Apache-2.0
// Static rationals: integer words over denominators that are known at compile time, and their arithmetic as instructions.
#pragma once
#include "sound/bytebeat/rational.h"
#include "sound/bytebeat/word_graph.h"

namespace sotto::sound {

inline constexpr int64_t kWordMax = INT32_MAX;
// Denominators up to here are kept even where the numerator may wrap; larger ones only where it provably cannot.
inline constexpr int64_t kSmallDenominator = 256;
// Fraction bits where no exact denominator is possible.
inline constexpr int kFractionBits = 8;

// word / denominator, 1 <= denominator <= kWordMax.
struct Fraction {
  WordId word = 0;
  int64_t denominator = 1;
};

class FractionArithmetic {
 public:
  explicit FractionArithmetic(WordGraph& words) : words_(words) {}

  WordId truncated(const Fraction& x);
  Fraction floor(const Fraction& x);
  // Cancels a constant factor of the word against the denominator. A product that may have wrapped has no such factor.
  Fraction reduced(Fraction x);
  // Brings both over one denominator.
  void align(Fraction& x, Fraction& y);
  Fraction multiply(Fraction x, Fraction y);
  // A variable divisor: one division where nobody hears the fraction, otherwise a fixed point number.
  Fraction divide(Fraction a, Fraction b, bool exact);
  // x turns, where 2^32 are a turn: exact to a step of the sine, as long as x has not wrapped.
  WordId angle(Fraction x, double turns);
  // x p / q for constants, q != 0.
  Fraction scale(Fraction x, int64_t p, int64_t q);
  // Numerator and denominator of a constant that multiplies x, or divides it (then value is p / q upside down and q may be
  // 0), chosen so that x does not wrap.
  Rational factor_for(const Fraction& x, double value, bool divides) const;

 private:
  bool fits(WordId word, int64_t factor) const;
  WordId times(WordId word, int64_t factor) { return words_.op(Op::kMul, word, words_.constant(factor)); }
  WordId scaled_quotient(WordId a, WordId b, int bits);
  Fraction fixed_point(const Fraction& x, int bits);
  template <class Fits>
  Fraction coarser(const Fraction& x, int least_bits, Fits fits);
  Fraction with_room(const Fraction& x, int64_t factor);

  WordGraph& words_;
};

}  // namespace sotto::sound
