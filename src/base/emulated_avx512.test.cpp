// SPDX-License-Identifier: Apache-2.0
// Each emulated intrinsic against the processor's.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/cpu_path.h"
#include "base/intrinsics.h"

#if defined(__x86_64__) && !defined(SOTTO_EMULATE_AVX512)
#include "base/emulated_avx512.h"

#define SOTTO_REAL SOTTO_AVX512("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512ifma")

namespace sotto {
namespace {
namespace emulated = emulated_avx512;

struct alignas(64) Words {
  uint64_t w[8];
  friend bool operator==(const Words&, const Words&) = default;
};
struct alignas(32) HalfWords {
  uint64_t w[4];
};

// Random words, among them many at the edges of 32, 52 and 64 bits.
Words random_words(std::mt19937_64& random) {
  constexpr uint64_t kBit = 1;
  constexpr uint64_t kEdges[] = {0, 1, UINT32_MAX, kBit << 31, (kBit << 52) - 1, kBit << 52, kBit << 63, UINT64_MAX};
  Words r;
  for (uint64_t& w : r.w) w = random() % 3 == 0 ? kEdges[random() % 8] : random();
  return r;
}

// What one of the two sides makes of three vectors. (The upper half of a widened vector is undefined: it is overwritten.)
using Results = std::vector<Words>;

// clang-format off
#define SOTTO_BOTH(LOAD, KEEP, NAME)                                                                                   \
  const __m512i a = LOAD(in[0].w), b = LOAD(in[1].w), c = LOAD(in[2].w);                                               \
  const auto mask = static_cast<__mmask8>(in[2].w[0]);                                                                 \
  const auto index = NAME(and_bits, _mm512_and_si512)(a, NAME(set1_64, _mm512_set1_epi64)(7));                         \
  HalfWords half{{in[1].w[0], in[1].w[1], in[1].w[2], in[1].w[3]}};                                                    \
  __m256i h;                                                                                                           \
  std::memcpy(&h, &half, sizeof h);                                                                                    \
  Results out;                                                                                                         \
  const auto keep_number = [&](uint64_t v) { out.push_back({{v}}); };                                                  \
  KEEP(NAME(setzero, _mm512_setzero_si512)());                                                                         \
  KEEP(NAME(set1_32, _mm512_set1_epi32)(static_cast<int>(in[0].w[0])));                                                \
  KEEP(NAME(set_64, _mm512_set_epi64)(1, -2, 3, -4, 5, -6, 7, -8));                                                    \
  KEEP(NAME(setr_64, _mm512_setr_epi64)(1, -2, 3, -4, 5, -6, 7, -8));                                                  \
  KEEP(NAME(gather_64, _mm512_i64gather_epi64)(index, reinterpret_cast<const long long*>(in[1].w), 8));                \
  KEEP(NAME(add_64, _mm512_add_epi64)(a, b));                                                                          \
  KEEP(NAME(sub_64, _mm512_sub_epi64)(a, b));                                                                          \
  KEEP(NAME(add_32, _mm512_add_epi32)(a, b));                                                                          \
  KEEP(NAME(mullo_32, _mm512_mullo_epi32)(a, b));                                                                      \
  KEEP(NAME(mul_unsigned_32, _mm512_mul_epu32)(a, b));                                                                 \
  KEEP(NAME(mul_signed_32, _mm512_mul_epi32)(a, b));                                                                   \
  KEEP(NAME(madd52_low, _mm512_madd52lo_epu64)(a, b, c));                                                              \
  KEEP(NAME(madd52_high, _mm512_madd52hi_epu64)(a, b, c));                                                             \
  KEEP(NAME(dot_pairs_16, _mm512_dpwssd_epi32)(a, b, c));                                                              \
  keep_number(static_cast<uint64_t>(NAME(reduce_add_64, _mm512_reduce_add_epi64)(a)));                                 \
  KEEP(NAME(and_bits, _mm512_and_si512)(a, b));                                                                        \
  KEEP(NAME(or_bits, _mm512_or_si512)(a, b));                                                                          \
  KEEP(NAME(xor_bits, _mm512_xor_si512)(a, b));                                                                        \
  KEEP(NAME(shift_right_64, _mm512_srli_epi64)(a, 52));                                                                \
  KEEP(NAME(shift_right_64, _mm512_srli_epi64)(a, 64));                                                                \
  KEEP(NAME(shift_left_64, _mm512_slli_epi64)(a, 12));                                                                 \
  KEEP(NAME(shift_left_64, _mm512_slli_epi64)(a, 64));                                                                 \
  KEEP(NAME(shift_signed_right_64, _mm512_srai_epi64)(a, 52));                                                         \
  KEEP(NAME(shift_signed_right_64, _mm512_srai_epi64)(a, 64));                                                         \
  keep_number(NAME(greater_signed_64, _mm512_cmpgt_epi64_mask)(a, b));                                                 \
  keep_number(NAME(sign_mask_64, _mm512_movepi64_mask)(a));                                                            \
  keep_number(NAME(no_common_bit_64, _mm512_testn_epi64_mask)(a, b));                                                  \
  KEEP(NAME(choose_64, _mm512_mask_mov_epi64)(a, mask, b));                                                            \
  KEEP(NAME(sub_where_64, _mm512_mask_sub_epi64)(a, mask, b, c));                                                      \
  KEEP(NAME(unpack_low_64, _mm512_unpacklo_epi64)(a, b));                                                              \
  KEEP(NAME(unpack_high_64, _mm512_unpackhi_epi64)(a, b));                                                             \
  KEEP(NAME(shuffle_quarters, _mm512_shuffle_i64x2)(a, b, 0x88));                                                      \
  KEEP(NAME(shuffle_quarters, _mm512_shuffle_i64x2)(a, b, 0xdd));                                                      \
  KEEP(NAME(shuffle_quarters, _mm512_shuffle_i64x2)(a, b, 0x1b));                                                      \
  KEEP(NAME(permute_two_64, _mm512_permutex2var_epi64)(a, c, b));                                                      \
  KEEP(NAME(insert_half, _mm512_inserti64x4)(a, h, 1));                                                                \
  KEEP(NAME(insert_half, _mm512_inserti64x4)(a, h, 0));                                                                \
  KEEP(NAME(insert_half, _mm512_inserti64x4)(a, NAME(low_half, _mm512_castsi512_si256)(b), 0));                        \
  KEEP(NAME(insert_half, _mm512_inserti64x4)(NAME(widen, _mm512_castsi256_si512)(h), h, 1));                           \
  KEEP(NAME(widen_unsigned_32, _mm512_cvtepu32_epi64)(h));                                                             \
  return out
// clang-format on

#define SOTTO_EMULATED_NAME(own, intel) emulated::own
#define SOTTO_REAL_NAME(own, intel) intel
#define SOTTO_KEEP_EMULATED(vector) emulated::store(out.emplace_back().w, vector)
#define SOTTO_KEEP_REAL(vector) _mm512_storeu_si512(out.emplace_back().w, vector)
__attribute__((target("avx2"))) Results by_emulation(const Words (&in)[3]) {
  SOTTO_BOTH(emulated::load, SOTTO_KEEP_EMULATED, SOTTO_EMULATED_NAME);
}
SOTTO_REAL Results by_processor(const Words (&in)[3]) {
  SOTTO_BOTH(_mm512_load_si512, SOTTO_KEEP_REAL, SOTTO_REAL_NAME);
}

TEST(EmulatedAvx512, AgreesWithTheProcessor) {
  if (!use_ifma()) GTEST_SKIP() << "SOTTO-SKIPPED: no AVX-512 IFMA";
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; i++) {
    const Words in[3] = {random_words(random), random_words(random), random_words(random)};
    const Results expected = by_processor(in), got = by_emulation(in);
    ASSERT_EQ(expected.size(), got.size());
    for (size_t k = 0; k < got.size(); k++) ASSERT_TRUE(expected[k] == got[k]) << "operation " << k << ", round " << i;
  }
}

// Without the processor: what the manual says of single lanes.
TEST(EmulatedAvx512, LanesByHand) {
  constexpr uint64_t kTop52 = (uint64_t{1} << 52) - 1;
  const Words in[3] = {{{5, 0, 0, 0, 0, 0, 0, UINT64_MAX}}, {{kTop52, 2, 3, 4, 5, 6, 7, 8}}, {{kTop52, 9, 9, 9, 9, 9, 9, 9}}};
  Words low, high, last;
  [&]() __attribute__((target("avx2"))) {
    const __m512i a = emulated::load(in[0].w), b = emulated::load(in[1].w), c = emulated::load(in[2].w);
    emulated::store(low.w, emulated::madd52_low(a, b, c)), emulated::store(high.w, emulated::madd52_high(a, b, c));
    emulated::store(last.w, emulated::unpack_high_64(b, a));
  }();
  EXPECT_EQ(low.w[0], 5 + 1u);           // (2^52 - 1)^2 = 2^104 - 2^53 + 1
  EXPECT_EQ(high.w[0], 5 + kTop52 - 1);
  EXPECT_EQ(low.w[7], UINT64_MAX + 72);  // modulo 2^64
  EXPECT_EQ(last.w[6], 8u);
  EXPECT_EQ(last.w[7], UINT64_MAX);
}

}  // namespace
}  // namespace sotto
#endif
