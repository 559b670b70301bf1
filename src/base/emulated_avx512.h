// SPDX-License-Identifier: Apache-2.0
// The AVX-512 intrinsics that Sotto's kernels use, in plain C++: with SOTTO_EMULATE_AVX512 (the preset `emulated`) a machine without
// AVX-512 runs the very text of these kernels, slowly, and sanitizers and coverage see it. What each one does: Intel, Intrinsics
// Guide. emulated_avx512.test.cpp compares them with the processor's own where it has them.
// To be included through base/intrinsics.h only.
#pragma once
#include <cstdint>
#include <cstring>

namespace sotto::emulated_avx512 {

#define SOTTO_EMULATED [[gnu::always_inline]] inline

using Lanes64 [[gnu::vector_size(64), gnu::may_alias]] = uint64_t;
using SignedLanes64 [[gnu::vector_size(64), gnu::may_alias]] = int64_t;
using Lanes32 [[gnu::vector_size(64), gnu::may_alias]] = uint32_t;
constexpr int kLanes = 8;  // of 64 bits

SOTTO_EMULATED Lanes64 words(__m512i a) { return reinterpret_cast<Lanes64>(a); }
SOTTO_EMULATED SignedLanes64 signed_words(__m512i a) { return reinterpret_cast<SignedLanes64>(a); }
SOTTO_EMULATED Lanes32 halves(__m512i a) { return reinterpret_cast<Lanes32>(a); }
template <class V>
SOTTO_EMULATED __m512i vector(V v) {
  return reinterpret_cast<__m512i>(v);
}
// out[i] = f(i)
template <class F>
SOTTO_EMULATED __m512i by_lane(F f) {
  uint64_t out[kLanes];
  for (int i = 0; i < kLanes; i++) out[i] = f(i);
  __m512i v;
  std::memcpy(&v, out, sizeof v);
  return v;
}
template <class F>
SOTTO_EMULATED __mmask8 mask_by_lane(F f) {
  unsigned mask = 0;
  for (int i = 0; i < kLanes; i++) mask |= static_cast<unsigned>(f(i)) << i;
  return static_cast<__mmask8>(mask);
}

// ---- loads, stores, constants
SOTTO_EMULATED __m512i load(const void* from) {
  __m512i v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
SOTTO_EMULATED void store(void* to, __m512i a) { std::memcpy(to, &a, sizeof a); }
SOTTO_EMULATED __m512i setzero() { return vector(Lanes64{}); }
SOTTO_EMULATED __m512i set1_64(long long x) { return vector(Lanes64{} + static_cast<uint64_t>(x)); }
SOTTO_EMULATED __m512i set1_32(int x) { return vector(Lanes32{} + static_cast<uint32_t>(x)); }
SOTTO_EMULATED __m512i setr_64(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f, int64_t g, int64_t h) {
  return vector(SignedLanes64{a, b, c, d, e, f, g, h});
}
SOTTO_EMULATED __m512i set_64(int64_t h, int64_t g, int64_t f, int64_t e, int64_t d, int64_t c, int64_t b, int64_t a) {
  return setr_64(a, b, c, d, e, f, g, h);
}
SOTTO_EMULATED __m512i gather_64(__m512i index, const void* base, int scale) {
  return by_lane([&](int i) {
    uint64_t x;
    std::memcpy(&x, static_cast<const char*>(base) + signed_words(index)[i] * scale, sizeof x);
    return x;
  });
}

// ---- arithmetic
SOTTO_EMULATED __m512i add_64(__m512i a, __m512i b) { return vector(words(a) + words(b)); }
SOTTO_EMULATED __m512i sub_64(__m512i a, __m512i b) { return vector(words(a) - words(b)); }
SOTTO_EMULATED __m512i add_32(__m512i a, __m512i b) { return vector(halves(a) + halves(b)); }
SOTTO_EMULATED __m512i mullo_32(__m512i a, __m512i b) { return vector(halves(a) * halves(b)); }
SOTTO_EMULATED __m512i mul_unsigned_32(__m512i a, __m512i b) { return vector((words(a) & UINT32_MAX) * (words(b) & UINT32_MAX)); }
SOTTO_EMULATED __m512i mul_signed_32(__m512i a, __m512i b) {
  return vector((signed_words(vector(words(a) << 32)) >> 32) * (signed_words(vector(words(b) << 32)) >> 32));
}
constexpr uint64_t kMask52 = (uint64_t{1} << 52) - 1;
SOTTO_EMULATED unsigned __int128 product_52(__m512i a, __m512i b, int lane) {
  return static_cast<unsigned __int128>(words(a)[lane] & kMask52) * (words(b)[lane] & kMask52);
}
SOTTO_EMULATED __m512i madd52_low(__m512i sum, __m512i a, __m512i b) {
  return by_lane([&](int i) { return words(sum)[i] + (static_cast<uint64_t>(product_52(a, b, i)) & kMask52); });
}
SOTTO_EMULATED __m512i madd52_high(__m512i sum, __m512i a, __m512i b) {
  return by_lane([&](int i) { return words(sum)[i] + static_cast<uint64_t>(product_52(a, b, i) >> 52); });
}
// Per 32 bits: the sum of two products of signed 16-bit numbers, added to sum, modulo 2^32.
SOTTO_EMULATED __m512i dot_pairs_16(__m512i sum, __m512i a, __m512i b) {
  int16_t x[4 * kLanes], y[4 * kLanes];
  uint32_t out[2 * kLanes];
  store(x, a), store(y, b), store(out, sum);
  for (int i = 0; i < 2 * kLanes; i++)
    out[i] += static_cast<uint32_t>(x[2 * i] * y[2 * i]) + static_cast<uint32_t>(x[2 * i + 1] * y[2 * i + 1]);
  return load(out);
}
SOTTO_EMULATED long long reduce_add_64(__m512i a) {
  uint64_t sum = 0;
  for (int i = 0; i < kLanes; i++) sum += words(a)[i];
  return static_cast<long long>(sum);
}

// ---- bits; a shift by 64 or more leaves nothing, or the sign
SOTTO_EMULATED __m512i and_bits(__m512i a, __m512i b) { return vector(words(a) & words(b)); }
SOTTO_EMULATED __m512i or_bits(__m512i a, __m512i b) { return vector(words(a) | words(b)); }
SOTTO_EMULATED __m512i xor_bits(__m512i a, __m512i b) { return vector(words(a) ^ words(b)); }
SOTTO_EMULATED __m512i shift_right_64(__m512i a, unsigned n) { return n > 63 ? setzero() : vector(words(a) >> uint64_t{n}); }
SOTTO_EMULATED __m512i shift_left_64(__m512i a, unsigned n) { return n > 63 ? setzero() : vector(words(a) << uint64_t{n}); }
SOTTO_EMULATED __m512i shift_signed_right_64(__m512i a, unsigned n) { return vector(signed_words(a) >> int64_t{n > 63 ? 63 : n}); }

// ---- masks
SOTTO_EMULATED __mmask8 greater_signed_64(__m512i a, __m512i b) {
  return mask_by_lane([&](int i) { return signed_words(a)[i] > signed_words(b)[i]; });
}
SOTTO_EMULATED __mmask8 sign_mask_64(__m512i a) {
  return mask_by_lane([&](int i) { return signed_words(a)[i] < 0; });
}
SOTTO_EMULATED __mmask8 no_common_bit_64(__m512i a, __m512i b) {
  return mask_by_lane([&](int i) { return (words(a)[i] & words(b)[i]) == 0; });
}
SOTTO_EMULATED __m512i choose_64(__m512i otherwise, __mmask8 mask, __m512i a) {
  return by_lane([&](int i) { return mask >> i & 1 ? words(a)[i] : words(otherwise)[i]; });
}
SOTTO_EMULATED __m512i sub_where_64(__m512i otherwise, __mmask8 mask, __m512i a, __m512i b) {
  return choose_64(otherwise, mask, sub_64(a, b));
}

// ---- places
SOTTO_EMULATED __m512i unpack_low_64(__m512i a, __m512i b) {
  return by_lane([&](int i) { return words(i % 2 ? b : a)[i & ~1]; });
}
SOTTO_EMULATED __m512i unpack_high_64(__m512i a, __m512i b) {
  return by_lane([&](int i) { return words(i % 2 ? b : a)[i | 1]; });
}
// Two quarters of a, then two of b, as the four pairs of bits of `which` say.
SOTTO_EMULATED __m512i shuffle_quarters(__m512i a, __m512i b, int which) {
  return by_lane([&](int i) { return words(i < 4 ? a : b)[2 * (which >> (i / 2 * 2) & 3) + i % 2]; });
}
SOTTO_EMULATED __m512i permute_two_64(__m512i a, __m512i index, __m512i b) {
  return by_lane([&](int i) { return words(words(index)[i] & 8 ? b : a)[words(index)[i] & 7]; });
}
SOTTO_EMULATED __m512i insert_half(__m512i a, __m256i b, int high) {
  std::memcpy(reinterpret_cast<char*>(&a) + 32 * (high & 1), &b, sizeof b);
  return a;
}
SOTTO_EMULATED __m512i widen(__m256i a) { return insert_half(setzero(), a, 0); }
SOTTO_EMULATED __m256i low_half(__m512i a) {
  __m256i low;
  std::memcpy(&low, &a, sizeof low);
  return low;
}
SOTTO_EMULATED __m512i widen_unsigned_32(__m256i a) {
  uint32_t in[kLanes];
  std::memcpy(in, &a, sizeof in);
  return by_lane([&](int i) { return uint64_t{in[i]}; });
}

}  // namespace sotto::emulated_avx512
