// SPDX-License-Identifier: Apache-2.0
// Prime fields of 254 bits in Montgomery form, four 64-bit limbs. (Montgomery 1985; CIOS as in Koc, Acar, Kaliski 1996, section 5.)
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include "base/bytes.h"
#include "zk/field/limbs_x86.h"

namespace sotto::zk {

__extension__ typedef unsigned __int128 uint128;

namespace detail {
constexpr bool less(const Limbs& a, const Limbs& b) {
  for (int i = 3; i >= 0; i--)
    if (a[i] != b[i]) return a[i] < b[i];
  return false;
}
constexpr uint64_t add_limbs(Limbs& r, const Limbs& a, const Limbs& b) {
  uint128 c = 0;
  for (int i = 0; i < 4; i++) {
    c += static_cast<uint128>(a[i]) + b[i];
    r[i] = static_cast<uint64_t>(c);
    c >>= 64;
  }
  return static_cast<uint64_t>(c);
}
constexpr uint64_t sub_limbs(Limbs& r, const Limbs& a, const Limbs& b) {
  uint64_t borrow = 0;
  for (int i = 0; i < 4; i++) {
    const uint128 d = static_cast<uint128>(a[i]) - b[i] - borrow;
    r[i] = static_cast<uint64_t>(d);
    borrow = static_cast<uint64_t>(d >> 64) & 1;
  }
  return borrow;
}
}  // namespace detail

template <class P>
class PrimeField {
 public:
  using Limbs = detail::Limbs;
  static constexpr Limbs kModulus = {P::kModulus[0], P::kModulus[1], P::kModulus[2], P::kModulus[3]};

  constexpr PrimeField() : v_{} {}
  constexpr PrimeField(uint64_t v) : v_(mul_limbs({v, 0, 0, 0}, kR2)) {}  // NOLINT: numbers are field elements
  constexpr PrimeField(int v) : PrimeField(from_signed(v)) {}             // NOLINT
  static constexpr PrimeField from_signed(int64_t v) {
    return v >= 0 ? PrimeField(static_cast<uint64_t>(v)) : -PrimeField(uint64_t{0} - static_cast<uint64_t>(v));
  }
  static constexpr PrimeField zero() { return {}; }
  static constexpr PrimeField one() { return PrimeField(uint64_t{1}); }

  // Canonical big-endian bytes; empty when the value is not below the modulus.
  static std::optional<PrimeField> from_bytes(std::span<const uint8_t, 32> b);
  // Any 256-bit (or 512-bit) big-endian number, reduced.
  static PrimeField from_bytes_reduced(std::span<const uint8_t, 32> b);
  static PrimeField from_wide_bytes(std::span<const uint8_t, 64> b);
  Bytes32 to_bytes() const;

  // Value in [0, p) as limbs, least significant first.
  constexpr Limbs to_limbs() const { return mul_limbs(v_, {1, 0, 0, 0}); }
  static constexpr PrimeField from_limbs(const Limbs& v) { return raw(mul_limbs(v, kR2)); }  // requires v < p
  constexpr const Limbs& montgomery() const { return v_; }
  static constexpr PrimeField raw(const Limbs& montgomery_form) { PrimeField r; r.v_ = montgomery_form; return r; }

  constexpr bool is_zero() const { return (v_[0] | v_[1] | v_[2] | v_[3]) == 0; }
  constexpr bool operator==(const PrimeField&) const = default;

  [[gnu::always_inline]] friend constexpr PrimeField operator+(const PrimeField& a, const PrimeField& b) {
#if SOTTO_X86_LIMBS
    if (!std::is_constant_evaluated()) return raw(detail::reduce_once_x86(detail::add_x86(a.v_, b.v_), kModulus));
#endif
    return add_portable(a, b);
  }
  [[gnu::always_inline]] friend constexpr PrimeField operator-(const PrimeField& a, const PrimeField& b) {
#if SOTTO_X86_LIMBS
    if (!std::is_constant_evaluated()) return raw(detail::sub_mod_x86(a.v_, b.v_, kModulus));
#endif
    return sub_portable(a, b);
  }
  [[gnu::always_inline]] friend constexpr PrimeField operator*(const PrimeField& a, const PrimeField& b) {
    return raw(mul_limbs(a.v_, b.v_));
  }
  // The slow twins of the three operators: what they do where no assembly is at hand, and during compilation.
  static constexpr PrimeField add_portable(const PrimeField& a, const PrimeField& b) {
    PrimeField r;
    detail::add_limbs(r.v_, a.v_, b.v_);  // no carry: p < 2^254
    return reduce_once(r.v_);
  }
  static constexpr PrimeField sub_portable(const PrimeField& a, const PrimeField& b) {
    PrimeField r;
    if (detail::sub_limbs(r.v_, a.v_, b.v_)) detail::add_limbs(r.v_, r.v_, kModulus);
    return r;
  }
  static constexpr PrimeField mul_portable(const PrimeField& a, const PrimeField& b) {
    return raw(mul_limbs_portable(a.v_, b.v_));
  }
#if SOTTO_X86_LIMBS
  // What * does on machines without ADX.
  static PrimeField mul_columns(const PrimeField& a, const PrimeField& b) {
    return raw(detail::reduce_once_x86(detail::mul_columns(a.v_, b.v_, kModulus, kInv), kModulus));
  }
#endif
  constexpr PrimeField operator-() const { return PrimeField() - *this; }
  constexpr PrimeField& operator+=(const PrimeField& o) { return *this = *this + o; }
  constexpr PrimeField& operator-=(const PrimeField& o) { return *this = *this - o; }
  constexpr PrimeField& operator*=(const PrimeField& o) { return *this = *this * o; }
  constexpr PrimeField square() const { return *this * *this; }
  constexpr PrimeField pow(const Limbs& e) const {
    PrimeField r = one();
    for (int i = 255; i >= 0; i--) {
      r = r.square();
      if (e[i / 64] >> (i % 64) & 1) r *= *this;
    }
    return r;
  }
  constexpr PrimeField pow(uint64_t e) const {
    PrimeField r = one(), b = *this;
    for (; e; e >>= 1, b = b.square())
      if (e & 1) r *= b;
    return r;
  }
  // Fermat; the inverse of 0 is 0, callers check where it matters.
  constexpr PrimeField inverse() const {
    Limbs e = kModulus;
    e[0] -= 2;
    return pow(e);
  }

  // sum_i c_i k_i of numbers k_i below 2^32, reduced once: fewer than 2^31 of them.
  class SmallProducts {
   public:
    void add(const PrimeField& c, uint32_t k) {
      uint128 carry = 0;
      for (int i = 0; i < 4; i++) {
        carry += static_cast<uint128>(c.v_[i]) * k + t_[i];
        t_[i] = static_cast<uint64_t>(carry);
        carry >>= 64;
      }
      t_[4] += static_cast<uint64_t>(carry);
    }
    // The sum over 2^64, one Montgomery step: below 2 p before the last subtraction.
    PrimeField over_two64() const {
      const uint64_t m = t_[0] * kInv;
      uint128 carry = static_cast<uint128>(m) * kModulus[0] + t_[0];
      Limbs r{};
      for (int i = 1; i < 4; i++) {
        carry = (carry >> 64) + static_cast<uint128>(m) * kModulus[i] + t_[i];
        r[i - 1] = static_cast<uint64_t>(carry);
      }
      r[3] = static_cast<uint64_t>(carry >> 64) + t_[4];
      return reduce_once(r);
    }

   private:
    uint64_t t_[5] = {};
  };

 private:
  static constexpr uint64_t negative_inverse() {
    uint64_t inv = 1;
    for (int i = 0; i < 6; i++) inv *= 2 - P::kModulus[0] * inv;
    return ~inv + 1;
  }
  static constexpr uint64_t kInv = negative_inverse();  // -p^-1 mod 2^64
  static constexpr Limbs power_of_two_mod(int bits) {
    Limbs r = {1, 0, 0, 0};
    for (int i = 0; i < bits; i++) {
      detail::add_limbs(r, r, r);
      if (!detail::less(r, kModulus)) detail::sub_limbs(r, r, kModulus);
    }
    return r;
  }
  static constexpr Limbs kR2 = power_of_two_mod(512);

  [[gnu::always_inline]] static constexpr Limbs mul_limbs(const Limbs& a, const Limbs& b) {
#if SOTTO_X86_LIMBS
    if (!std::is_constant_evaluated())
      return detail::reduce_once_x86(
          detail::kUseAdx ? detail::mul_adx(a, b, kModulus, kInv) : detail::mul_columns(a, b, kModulus, kInv), kModulus);
#endif
    return mul_limbs_portable(a, b);
  }
  [[gnu::noinline]] static constexpr Limbs mul_limbs_portable(const Limbs& a, const Limbs& b) {
    uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0;
    for (int i = 0; i < 4; i++) {
      uint128 z = static_cast<uint128>(a[0]) * b[i] + t0;
      uint64_t hi = static_cast<uint64_t>(z >> 64);
      const uint64_t low = static_cast<uint64_t>(z), m = low * kInv;
      uint128 c = static_cast<uint128>(m) * kModulus[0] + low;
      uint64_t carry = static_cast<uint64_t>(c >> 64);
      z = static_cast<uint128>(a[1]) * b[i] + t1 + hi;
      hi = static_cast<uint64_t>(z >> 64);
      c = static_cast<uint128>(m) * kModulus[1] + static_cast<uint64_t>(z) + carry;
      t0 = static_cast<uint64_t>(c);
      carry = static_cast<uint64_t>(c >> 64);
      z = static_cast<uint128>(a[2]) * b[i] + t2 + hi;
      hi = static_cast<uint64_t>(z >> 64);
      c = static_cast<uint128>(m) * kModulus[2] + static_cast<uint64_t>(z) + carry;
      t1 = static_cast<uint64_t>(c);
      carry = static_cast<uint64_t>(c >> 64);
      z = static_cast<uint128>(a[3]) * b[i] + t3 + hi;
      hi = static_cast<uint64_t>(z >> 64);
      c = static_cast<uint128>(m) * kModulus[3] + static_cast<uint64_t>(z) + carry;
      t2 = static_cast<uint64_t>(c);
      t3 = static_cast<uint64_t>(c >> 64) + hi;  // no overflow: p < 2^254
    }
    return reduce_once({t0, t1, t2, t3}).v_;
  }
  static constexpr PrimeField reduce_once(const Limbs& v) {
    Limbs s{};
    return raw(detail::sub_limbs(s, v, kModulus) ? v : s);
  }

  Limbs v_;
};

// x[i] <- 1 / x[i], one inversion in all (Montgomery's trick). Returns false, leaving x unspecified, when some x[i] = 0.
template <class F>
bool batch_inverse(std::span<F> x);

}  // namespace sotto::zk
