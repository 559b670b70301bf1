// SPDX-License-Identifier: Apache-2.0
#include "zk/poly/kernels/vector_ifma.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "zk/field/ifma.h"

namespace sotto::zk {

#if SOTTO_HAS_IFMA
namespace {
using namespace ifma;
using C = Constants<Fr>;

SOTTO_IFMA_INLINE Eight broadcast(const Fr& montgomery_form) { return all(to_limbs52(montgomery_form.montgomery())); }

// sum of the lanes; a < 84 p
SOTTO_IFMA Fr total(const Eight& a) {
  const EightWords w = pack(canonical<Fr>(mul<Fr>(a, all(C::kOne))));
  alignas(64) uint64_t words[4][8];
  for (int i = 0; i < 4; i++) _mm512_store_si512(words[i], w.v[i]);
  Fr sum;
  for (int l = 0; l < 8; l++) sum += Fr::raw({words[0][l], words[1][l], words[2][l], words[3][l]});
  return sum;
}

// A sum of products of factors below 3 p, reduced once for every kRun of them: 64 * 10 halves below 2^52 fit a lane.
struct ProductSum {
  static constexpr unsigned kRun = 64;
  __m512i t[10];
  Eight done;
  unsigned count;
};
SOTTO_IFMA_INLINE void clear(ProductSum& s) {
  for (int i = 0; i < 10; i++) s.t[i] = _mm512_setzero_si512();
  s.count = 0;
}
SOTTO_IFMA_INLINE void start(ProductSum& s) {
  clear(s);
  for (int i = 0; i < 5; i++) s.done.v[i] = _mm512_setzero_si512();
}
// 64 (3 p)^2 / (84 p) + 1.15 p < 9 p, and `done` stays below 1.3 p.
SOTTO_IFMA_INLINE void settle(ProductSum& s) {
  s.done = mul<Fr>(add(s.done, reduce<Fr>(s.t)), all(C::kOne));
  clear(s);
}
SOTTO_IFMA_INLINE void add_product(ProductSum& s, const Eight& a, const Eight& b) {
#pragma GCC unroll 5
  for (int i = 0; i < 5; i++) {
#pragma GCC unroll 5
    for (int j = 0; j < 5; j++) {
      s.t[i + j] = _mm512_madd52lo_epu64(s.t[i + j], a.v[i], b.v[j]);
      s.t[i + j + 1] = _mm512_madd52hi_epu64(s.t[i + j + 1], a.v[i], b.v[j]);
    }
  }
  if (++s.count == ProductSum::kRun) settle(s);
}
SOTTO_IFMA Sixteenth finish(ProductSum& s) {
  settle(s);
  return {total(s.done)};
}

// 2 b - a + p in [0, 3 p)
SOTTO_IFMA_INLINE Eight next_value(const Eight& a, const Eight& b) {
  Eight r;
  for (int i = 0; i < 5; i++) r.v[i] = _mm512_add_epi64(_mm512_add_epi64(b.v[i], b.v[i]), _mm512_sub_epi64(all(C::kP.v[i]), a.v[i]));
  return carry(r);
}
}  // namespace

SOTTO_IFMA Sixteenth dot_ifma(const Fr* a, const Fr* b, size_t groups) {
  ProductSum sum;
  start(sum);
  for (size_t g = 0; g < groups; g++) add_product(sum, load8(a + 8 * g), load8(b + 8 * g));
  return finish(sum);
}

// Integers times the words of Fr's form: limbs of 52 bits by 32 bits, in halves; 2^11 of them fit a lane.
SOTTO_IFMA Fr dot_u32_ifma(const Fr* w, const uint32_t* v, size_t groups) {
  const Fr two52 = Fr(uint64_t{1} << 52), unit = Fr::raw({1, 0, 0, 0});
  Fr sum;
  for (size_t begin = 0; begin < groups; begin += 1024) {
    __m512i t[6];
    for (int i = 0; i < 6; i++) t[i] = _mm512_setzero_si512();
    for (size_t g = begin; g < std::min(groups, begin + 1024); g++) {
      const __m512i k = _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(v + 8 * g)));
      const Eight x = load8(w + 8 * g);
      for (int i = 0; i < 5; i++) {
        t[i] = _mm512_madd52lo_epu64(t[i], x.v[i], k);
        t[i + 1] = _mm512_madd52hi_epu64(t[i + 1], x.v[i], k);
      }
    }
    Fr part;
    for (int i = 6; i-- > 0;) {  // lanes: 8 * 2^63 would overflow, halves do not
      const auto low = static_cast<uint64_t>(_mm512_reduce_add_epi64(_mm512_and_si512(t[i], all(UINT32_MAX))));
      const auto high = static_cast<uint64_t>(_mm512_reduce_add_epi64(_mm512_srli_epi64(t[i], 32)));
      part = part * two52 + Fr(low) + Fr(high) * Fr(uint64_t{1} << 32);
    }
    sum += part * unit;
  }
  return sum;
}

SOTTO_IFMA void product_round_ifma(const Fr* f, const Fr* w, size_t groups, Sixteenth (&sums)[3]) {
  ProductSum s[3];
  for (ProductSum& x : s) start(x);
  for (size_t g = 0; g < groups; g++) {
    const EightPairs a = load_pairs(f + 16 * g), b = load_pairs(w + 16 * g);
    add_product(s[0], a.even, b.even);
    add_product(s[1], a.odd, b.odd);
    add_product(s[2], next_value(a.even, a.odd), next_value(b.even, b.odd));
  }
  for (int i = 0; i < 3; i++) sums[i] = finish(s[i]);
}

SOTTO_IFMA void bind_lowest_ifma(const Fr* in, const Fr& x, size_t groups, Fr* out) {
  const Eight at = broadcast(Fr(uint64_t{16}) * x);
  for (size_t g = 0; g < groups; g++) {
    const EightPairs p = load_pairs(in + 16 * g);
    store8(canonical<Fr>(add(mul<Fr>(at, sub<Fr>(p.odd, p.even)), p.even)), out + 8 * g);
  }
}

SOTTO_IFMA void interpolate_ifma(const Fr* low, const Fr* high, const Fr& x, size_t groups, Fr* out) {
  const Eight at = broadcast(Fr(uint64_t{16}) * x);
  for (size_t g = 0; g < groups; g++) {
    const Eight a = load8(low + 8 * g), b = load8(high + 8 * g);
    store8(canonical<Fr>(add(mul<Fr>(at, sub<Fr>(b, a)), a)), out + 8 * g);
  }
}

SOTTO_IFMA void add_scaled_ifma(Fr* out, const Fr& scale, const Fr* in, size_t groups) {
  const Eight k = broadcast(Fr(uint64_t{16}) * scale);
  for (size_t g = 0; g < groups; g++) store8(canonical<Fr>(add(mul<Fr>(k, load8(in + 8 * g)), load8(out + 8 * g))), out + 8 * g);
}

// Scales are v 2^308: one Montgomery step by 2^52 leaves Fr's form.
SOTTO_IFMA void combine_u32_ifma(const Fr* scales, const uint32_t* const* columns, size_t count, size_t at, size_t groups, Fr* out) {
  SOTTO_CHECK(count <= 1024);
  std::vector<Limbs52> k;
  for (size_t c = 0; c < count; c++) k.push_back(to_limbs52((Fr(uint64_t{1} << 52) * scales[c]).montgomery()));
  for (size_t g = 0; g < groups; g++) {
    __m512i t[6];
    for (int i = 0; i < 6; i++) t[i] = _mm512_setzero_si512();
    for (size_t c = 0; c < count; c++) {
      const __m512i v = _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(columns[c] + at + 8 * g)));
      for (int i = 0; i < 5; i++) {
        t[i] = _mm512_madd52lo_epu64(t[i], v, all(k[c].v[i]));
        t[i + 1] = _mm512_madd52hi_epu64(t[i + 1], v, all(k[c].v[i]));
      }
    }
    const __m512i q = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[0], all(C::kInv));
    for (int i = 0; i < 5; i++) {
      t[i] = _mm512_madd52lo_epu64(t[i], q, all(C::kP.v[i]));
      t[i + 1] = _mm512_madd52hi_epu64(t[i + 1], q, all(C::kP.v[i]));
    }
    t[1] = _mm512_add_epi64(t[1], _mm512_srli_epi64(t[0], 52));
    store8(canonical<Fr>(carry({{t[1], t[2], t[3], t[4], t[5]}})), out + 8 * g);
  }
}
#else
Sixteenth dot_ifma(const Fr*, const Fr*, size_t) { SOTTO_CHECK(false); }
Fr dot_u32_ifma(const Fr*, const uint32_t*, size_t) { SOTTO_CHECK(false); }
void product_round_ifma(const Fr*, const Fr*, size_t, Sixteenth (&)[3]) { SOTTO_CHECK(false); }
void bind_lowest_ifma(const Fr*, const Fr&, size_t, Fr*) { SOTTO_CHECK(false); }
void interpolate_ifma(const Fr*, const Fr*, const Fr&, size_t, Fr*) { SOTTO_CHECK(false); }
void add_scaled_ifma(Fr*, const Fr&, const Fr*, size_t) { SOTTO_CHECK(false); }
void combine_u32_ifma(const Fr*, const uint32_t* const*, size_t, size_t, size_t, Fr*) { SOTTO_CHECK(false); }
#endif

}  // namespace sotto::zk
