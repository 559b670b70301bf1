// SPDX-License-Identifier: Apache-2.0
// Computed by the compiler from the Taylor series: additions and multiplications of doubles, which IEEE 754 defines to
// the last bit. No entry comes near the middle between two integers (sine.test.cpp), so the table is the true one.
#include "sound/bytebeat/sine.h"

namespace sotto::sound {
namespace {

constexpr unsigned kTurn = 1u << kSineIndexBits;

// sin x for 0 <= x <= pi/2, to 1e-15.
constexpr double series(double x) {
  double term = x, sum = x;
  for (int k = 2; k < 22; k += 2) {
    term *= -x * x / (k * (k + 1));
    sum += term;
  }
  return sum;
}

constexpr std::array<int16_t, kTurn> make_sine() {
  constexpr double kPi = 3.141592653589793;
  std::array<int16_t, kTurn> table{};
  for (unsigned i = 0; i < kTurn / 4; i++) {
    const auto v = static_cast<int16_t>(kSineOne * series((i + 0.5) * (2 * kPi / kTurn)) + 0.5);
    table[i] = table[kTurn / 2 - 1 - i] = v;
    table[kTurn / 2 + i] = table[kTurn - 1 - i] = static_cast<int16_t>(-v);
  }
  return table;
}

}  // namespace

constinit const std::array<int16_t, kTurn> kSineTable = make_sine();

}  // namespace sotto::sound
