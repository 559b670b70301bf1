// SPDX-License-Identifier: Apache-2.0
// Eight field elements side by side: AVX-512 with 52-bit multiply-add (IFMA), five limbs of 52 bits, Montgomery form with
// R = 2^260. The slow twin is PrimeField. To be included by kernels only: every function carries its own target attribute,
// and the caller must have seen use_ifma() (base/cpu_path.h).
// Values are lazy. 2^260 > 84 p, so a product of a and b is below 1.15 p + a b / (84 p) (see reduce below), and sums and
// differences of a few products need no reduction before the next multiplication.
#pragma once
#if defined(__x86_64__) && defined(__GNUC__)
#define SOTTO_HAS_IFMA 1
#include "base/intrinsics.h"
#include "zk/field/fr.h"

#define SOTTO_IFMA SOTTO_AVX512("avx512f,avx512dq,avx512ifma")
#define SOTTO_IFMA_INLINE [[gnu::always_inline]] SOTTO_IFMA inline

namespace sotto::zk::ifma {

struct Limbs52 {
  uint64_t v[5];
};
// Bits [52 i, 52 i + 52) of 256-bit words.
constexpr Limbs52 to_limbs52(const detail::Limbs& w) {
  constexpr uint64_t kMask = (uint64_t{1} << 52) - 1;
  return {{w[0] & kMask, (w[0] >> 52 | w[1] << 12) & kMask, (w[1] >> 40 | w[2] << 24) & kMask,
           (w[2] >> 28 | w[3] << 36) & kMask, w[3] >> 16}};
}

template <class F>
struct Constants {
  static constexpr Limbs52 times_p(uint64_t k) {
    detail::Limbs r{};
    for (uint64_t i = 0; i < k; i++) detail::add_limbs(r, r, F::kModulus);
    return to_limbs52(r);
  }
  static constexpr Limbs52 kP = times_p(1), kP2 = times_p(2);
  static constexpr Limbs52 kOne = to_limbs52(F(2).pow(uint64_t{260}).to_limbs());  // 1 in Montgomery form
  static constexpr detail::Limbs kFoldLimbs = F(uint64_t{1} << 52).inverse().to_limbs();
  static constexpr Limbs52 kFold = to_limbs52(kFoldLimbs);  // 2^-52 mod p
  static_assert(kFoldLimbs[3] < F::kModulus[3] / 7, "the bound of reduce() needs a small 2^-52 mod p");
  static constexpr uint64_t negative_inverse() {
    uint64_t inv = 1;
    for (int i = 0; i < 6; i++) inv *= 2 - F::kModulus[0] * inv;
    return (~inv + 1) & ((uint64_t{1} << 52) - 1);
  }
  static constexpr uint64_t kInv = negative_inverse();  // -p^-1 mod 2^52
};

// Limb i of element k is lane k of v[i].
struct Eight {
  __m512i v[5];
};
// The same elements as four words of 64 bits: PrimeField's limbs, transposed.
struct EightWords {
  __m512i v[4];
};

SOTTO_IFMA_INLINE __m512i all(uint64_t x) { return _mm512_set1_epi64(static_cast<long long>(x)); }
SOTTO_IFMA_INLINE Eight all(const Limbs52& x) { return {{all(x.v[0]), all(x.v[1]), all(x.v[2]), all(x.v[3]), all(x.v[4])}}; }

// Carries signed limbs upwards: limbs 0..3 come out in [0, 2^52), the top limb takes the sign.
SOTTO_IFMA_INLINE Eight carry(Eight a) {
  const __m512i mask = all((uint64_t{1} << 52) - 1);
  for (int i = 0; i < 4; i++) {
    a.v[i + 1] = _mm512_add_epi64(a.v[i + 1], _mm512_srai_epi64(a.v[i], 52));
    a.v[i] = _mm512_and_si512(a.v[i], mask);
  }
  return a;
}

// a + b - c, limb by limb, without carry
SOTTO_IFMA_INLINE Eight add_sub_raw(const Eight& a, const Limbs52& b, const Eight& c) {
  Eight r;
  for (int i = 0; i < 5; i++) r.v[i] = _mm512_sub_epi64(_mm512_add_epi64(a.v[i], all(b.v[i])), c.v[i]);
  return r;
}
// a - b + p, for b <= p + a
template <class F>
SOTTO_IFMA_INLINE Eight sub(const Eight& a, const Eight& b) {
  return carry(add_sub_raw(a, Constants<F>::kP, b));
}
SOTTO_IFMA_INLINE Eight add(const Eight& a, const Eight& b) {
  Eight r;
  for (int i = 0; i < 5; i++) r.v[i] = _mm512_add_epi64(a.v[i], b.v[i]);
  return carry(r);
}
// a - k where that is not negative, else a
SOTTO_IFMA_INLINE Eight subtract_if_not_less(const Eight& a, const Limbs52& k) {
  Eight r;
  for (int i = 0; i < 5; i++) r.v[i] = _mm512_sub_epi64(a.v[i], all(k.v[i]));
  r = carry(r);
  const __mmask8 negative = _mm512_movepi64_mask(r.v[4]);
  for (int i = 0; i < 5; i++) r.v[i] = _mm512_mask_mov_epi64(r.v[i], negative, a.v[i]);
  return r;
}

// t / 2^260 mod p for t = sum t_i 2^(52 i), limbs below 2^62. Four folds t_i 2^(52 i) = t_i (2^-52 mod p) 2^(52 (i + 1)) need no
// quotient; the fifth limb goes by a Montgomery step. With f = 2^-52 mod p < p / 7 every fold adds less than f 2^52 at its
// place, and the step adds less than p: the result is below t / 2^260 + 1.15 p.
template <class F>
SOTTO_IFMA_INLINE Eight reduce(__m512i* t) {
  using C = Constants<F>;
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srli_epi64(t[i], 52));
#pragma GCC unroll 5
    for (int j = 0; j < 5; j++) {
      t[i + 1 + j] = _mm512_madd52lo_epu64(t[i + 1 + j], t[i], all(C::kFold.v[j]));
      t[i + 2 + j] = _mm512_madd52hi_epu64(t[i + 2 + j], t[i], all(C::kFold.v[j]));
    }
  }
  const __m512i q = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[4], all(C::kInv));
#pragma GCC unroll 5
  for (int j = 0; j < 5; j++) {
    t[4 + j] = _mm512_madd52lo_epu64(t[4 + j], q, all(C::kP.v[j]));
    t[5 + j] = _mm512_madd52hi_epu64(t[5 + j], q, all(C::kP.v[j]));
  }
  t[5] = _mm512_add_epi64(t[5], _mm512_srli_epi64(t[4], 52));
  return carry({{t[5], t[6], t[7], t[8], t[9]}});
}

// a b / 2^260; limbs of a and b below 2^52
template <class F>
SOTTO_IFMA_INLINE Eight mul(const Eight& a, const Eight& b) {
  __m512i t[10];
#pragma GCC unroll 10
  for (int i = 0; i < 10; i++) t[i] = _mm512_setzero_si512();
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; j++) {
      t[i + j] = _mm512_madd52lo_epu64(t[i + j], a.v[i], b.v[j]);
      t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a.v[i], b.v[j]);
    }
  }
  return reduce<F>(t);
}

template <class F>
SOTTO_IFMA_INLINE Eight square(const Eight& a) {
  __m512i t[10];
#pragma GCC unroll 10
  for (int i = 0; i < 10; i++) t[i] = _mm512_setzero_si512();
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
    for (int j = i + 1; j < 5; j++) {
      t[i + j] = _mm512_madd52lo_epu64(t[i + j], a.v[i], a.v[j]);
      t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a.v[i], a.v[j]);
    }
  }
#pragma GCC unroll 10
  for (int i = 1; i < 10; i++) t[i] = _mm512_add_epi64(t[i], t[i]);
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
    t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a.v[i], a.v[i]);
    t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a.v[i], a.v[i]);
  }
  return reduce<F>(t);
}

SOTTO_IFMA_INLINE Eight unpack(const EightWords& w) {
  const __m512i mask = all((uint64_t{1} << 52) - 1);
  Eight r;
  r.v[0] = _mm512_and_si512(w.v[0], mask);
  r.v[1] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w.v[0], 52), _mm512_slli_epi64(w.v[1], 12)), mask);
  r.v[2] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w.v[1], 40), _mm512_slli_epi64(w.v[2], 24)), mask);
  r.v[3] = _mm512_and_si512(_mm512_or_si512(_mm512_srli_epi64(w.v[2], 28), _mm512_slli_epi64(w.v[3], 36)), mask);
  r.v[4] = _mm512_srli_epi64(w.v[3], 16);
  return r;
}
// limbs below 2^52, value below 2^256
SOTTO_IFMA_INLINE EightWords pack(const Eight& a) {
  EightWords r;
  r.v[0] = _mm512_or_si512(a.v[0], _mm512_slli_epi64(a.v[1], 52));
  r.v[1] = _mm512_or_si512(_mm512_srli_epi64(a.v[1], 12), _mm512_slli_epi64(a.v[2], 40));
  r.v[2] = _mm512_or_si512(_mm512_srli_epi64(a.v[2], 24), _mm512_slli_epi64(a.v[3], 28));
  r.v[3] = _mm512_or_si512(_mm512_srli_epi64(a.v[3], 36), _mm512_slli_epi64(a.v[4], 16));
  return r;
}

// Word i of row k <-> word k of row i.
SOTTO_IFMA_INLINE void transpose(__m512i* r) {
  __m512i pair[8], quad[8];
  for (int i = 0; i < 4; i++) {  // even and odd columns of two rows
    pair[i] = _mm512_unpacklo_epi64(r[2 * i], r[2 * i + 1]);
    pair[4 + i] = _mm512_unpackhi_epi64(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++) {  // 0x88: columns c, c + 4 of two row pairs; 0xdd: columns c + 2, c + 6
    quad[2 * i] = _mm512_shuffle_i64x2(pair[2 * i], pair[2 * i + 1], 0x88);
    quad[2 * i + 1] = _mm512_shuffle_i64x2(pair[2 * i], pair[2 * i + 1], 0xdd);
  }
  for (int odd = 0; odd < 2; odd++)
    for (int two = 0; two < 2; two++) {
      const __m512i low = quad[4 * odd + two], high = quad[4 * odd + two + 2];
      r[odd + 2 * two] = _mm512_shuffle_i64x2(low, high, 0x88);
      r[odd + 2 * two + 4] = _mm512_shuffle_i64x2(low, high, 0xdd);
    }
}

// [0, 3 p) to [0, p)
template <class F>
SOTTO_IFMA_INLINE Eight canonical(const Eight& a) {
  return subtract_if_not_less(subtract_if_not_less(a, Constants<F>::kP2), Constants<F>::kP);
}

// Eight neighbouring elements from memory, and back; sixteen as the even and the odd ones.
template <class F>
SOTTO_IFMA_INLINE Eight load8(const F* from) {
  __m512i r[8];
  for (int k = 0; k < 8; k++) r[k] = _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + k)));
  transpose(r);
  return unpack({{r[0], r[1], r[2], r[3]}});
}
template <class F>
SOTTO_IFMA_INLINE void store8(const Eight& a, F* to) {
  const EightWords w = pack(a);
  __m512i r[8] = {w.v[0], w.v[1], w.v[2], w.v[3], w.v[0], w.v[1], w.v[2], w.v[3]};
  transpose(r);
  for (int k = 0; k < 8; k++) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + k), _mm512_castsi512_si256(r[k]));
}
struct EightPairs {
  Eight even, odd;
};
template <class F>
SOTTO_IFMA_INLINE EightPairs load_pairs(const F* from) {
  __m512i r[8];
  for (int k = 0; k < 8; k++) r[k] = _mm512_loadu_si512(from + 2 * k);
  transpose(r);
  return {unpack({{r[0], r[1], r[2], r[3]}}), unpack({{r[4], r[5], r[6], r[7]}})};
}

}  // namespace sotto::zk::ifma
#else
#define SOTTO_HAS_IFMA 0
#endif
