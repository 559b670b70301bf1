// SPDX-License-Identifier: Apache-2.0
// a = y u and b = y v (mod m) throughout. A round makes 31 steps of the binary algorithm on approximations of a and b,
// whose low 31 bits and high 33 bits are exact, and collects them in a matrix; then it applies the matrix to a, b, and,
// divided by 2^31 modulo m, to u, v. A step may take the smaller one for the larger; the next round sets the sign
// right.
#include "zk/field/binary_gcd.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "zk/field/prime_field.h"

namespace sotto::zk::detail {
namespace {

constexpr int kSteps = 31;
constexpr uint64_t kLow = (uint64_t{1} << kSteps) - 1;

using int128 = __int128;

unsigned bit_length(const Limbs& v) {
  for (unsigned i = 4; i-- > 0;)
    if (v[i]) return 64 * i + static_cast<unsigned>(std::bit_width(v[i]));
  return 0;
}

// The low 31 bits of v, and above them the 33 bits from bit n - 33 on.
uint64_t approximate(const Limbs& v, unsigned n) {
  if (n <= 64) return v[0];
  const unsigned at = n - 33, limb = at / 64, shift = at % 64;
  uint64_t high = v[limb] >> shift;
  if (shift > 31 && limb < 3) high |= v[limb + 1] << (64 - shift);
  return (high & ((uint64_t{1} << 33) - 1)) << kSteps | (v[0] & kLow);
}

// |f|, |g| <= 2^31: two rows of the steps' matrix.
struct Factors {
  int64_t f0 = 1, g0 = 0, f1 = 0, g1 = 1;
};
Factors steps(uint64_t a, uint64_t b) {
  Factors m;
  for (int i = 0; i < kSteps; i++) {
    if (a & 1) {
      if (a < b) std::swap(a, b), std::swap(m.f0, m.f1), std::swap(m.g0, m.g1);
      a -= b, m.f0 -= m.f1, m.g0 -= m.g1;
    }
    a >>= 1, m.f1 *= 2, m.g1 *= 2;
  }
  return m;
}

// a f + b g as 4 limbs and a signed one.
struct Wide {
  Limbs low;
  int64_t high;
};
Wide combine(const Limbs& a, int64_t f, const Limbs& b, int64_t g) {
  Wide r;
  int128 carry = 0;
  for (int i = 0; i < 4; i++) {
    carry += static_cast<int128>(static_cast<uint128>(a[i])) * f + static_cast<int128>(static_cast<uint128>(b[i])) * g;
    r.low[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  r.high = static_cast<int64_t>(carry);
  return r;
}
void shift_down(Wide& w) {
  for (int i = 0; i < 3; i++) w.low[i] = w.low[i] >> kSteps | w.low[i + 1] << (64 - kSteps);
  w.low[3] = w.low[3] >> kSteps | static_cast<uint64_t>(w.high) << (64 - kSteps);
  w.high >>= kSteps;
}

// |a f + b g| / 2^31; turns the signs of f and g where the sum is negative.
Limbs next_remainder(const Limbs& a, int64_t& f, const Limbs& b, int64_t& g) {
  Wide w = combine(a, f, b, g);
  shift_down(w);
  if (w.high >= 0) return w.low;
  f = -f, g = -g;
  Limbs r;
  sub_limbs(r, {0, 0, 0, 0}, w.low);
  return r;
}

// (u f + v g) / 2^31 mod m: a multiple of m makes the division exact; the sum is between -m 2^31 and 2 m 2^31.
Limbs next_coefficient(const Limbs& u, int64_t f, const Limbs& v, int64_t g, const Limbs& m, uint64_t minus_inverse) {
  Wide w = combine(u, f, v, g);
  const uint64_t k = w.low[0] * minus_inverse & kLow;
  uint128 carry = 0;
  for (int i = 0; i < 4; i++) {
    carry += static_cast<uint128>(m[i]) * k + w.low[i];
    w.low[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  w.high += static_cast<int64_t>(carry);
  shift_down(w);
  if (w.high < 0) {
    add_limbs(w.low, w.low, m);
  } else if (!less(w.low, m)) {
    sub_limbs(w.low, w.low, m);
  }
  return w.low;
}

}  // namespace

Limbs invert_mod(const Limbs& y, const Limbs& m, uint64_t minus_inverse) {
  Limbs a = y, b = m, u = {1, 0, 0, 0}, v = {0, 0, 0, 0};
  while (bit_length(a) > 0) {
    const unsigned n = std::max({bit_length(a), bit_length(b), 64u});
    Factors s = steps(approximate(a, n), approximate(b, n));
    const Limbs next_a = next_remainder(a, s.f0, b, s.g0);
    b = next_remainder(a, s.f1, b, s.g1);
    a = next_a;
    const Limbs next_u = next_coefficient(u, s.f0, v, s.g0, m, minus_inverse);
    v = next_coefficient(u, s.f1, v, s.g1, m, minus_inverse);
    u = next_u;
  }
  return b == Limbs{1, 0, 0, 0} ? v : Limbs{};  // else y = 0
}

}  // namespace sotto::zk::detail
