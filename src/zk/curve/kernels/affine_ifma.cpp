// SPDX-License-Identifier: Apache-2.0
// The two radices: memory holds v 2^256, which to the lanes (R = 2^260) is v / 16. So the lanes see points (x / 16, y / 16).
// Slopes keep their value, and with the inverse denominators scaled by 1/4 the lanes hold s = slope / 4, for which
//   x3 / 16 = s^2 - x1 / 16 - x2 / 16   and   y3 / 16 = s * 4 (x1 / 16 - x3 / 16) - y1 / 16.
// So the conversion between the radices costs two shifts. Below, x and y are the scaled ones.
#include "zk/curve/kernels/affine_ifma.h"

#include "base/check.h"
#include "zk/field/ifma.h"

namespace sotto::zk {

#if SOTTO_HAS_IFMA
namespace {
using namespace ifma;
using C = Constants<Fq>;
static_assert(sizeof(G1Affine) == 64 && alignof(G1Affine) == 64);

SOTTO_IFMA_INLINE __m512i two_halves(const Fq& low, const Fq& high) {
  const __m256i l = _mm256_load_si256(reinterpret_cast<const __m256i*>(&low));
  return _mm512_inserti64x4(_mm512_castsi256_si512(l), _mm256_load_si256(reinterpret_cast<const __m256i*>(&high)), 1);
}

// x of points[first[k] + offset]
SOTTO_IFMA_INLINE EightWords load_x(const G1Affine* points, const uint32_t* first) {
  __m512i r[4];
  for (int k = 0; k < 4; k++) r[k] = two_halves(points[first[k]].x, points[first[k + 4]].x);
  // A 4 x 4 transposition in each half.
  const __m512i t0 = _mm512_unpacklo_epi64(r[0], r[1]), t1 = _mm512_unpackhi_epi64(r[0], r[1]);
  const __m512i t2 = _mm512_unpacklo_epi64(r[2], r[3]), t3 = _mm512_unpackhi_epi64(r[2], r[3]);
  const __m512i low = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0), high = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
  return {{_mm512_permutex2var_epi64(t0, low, t2), _mm512_permutex2var_epi64(t1, low, t3),
           _mm512_permutex2var_epi64(t0, high, t2), _mm512_permutex2var_epi64(t1, high, t3)}};
}

struct EightPoints {
  EightWords x, y;
};
SOTTO_IFMA_INLINE EightPoints load_points(const G1Affine* points, const uint32_t* first) {
  __m512i r[8];
  for (int k = 0; k < 8; k++) r[k] = _mm512_load_si512(&points[first[k]]);
  transpose(r);
  return {{{r[0], r[1], r[2], r[3]}}, {{r[4], r[5], r[6], r[7]}}};
}
SOTTO_IFMA_INLINE void store_points(const EightWords& x, const EightWords& y, G1Affine* points, const uint32_t* out) {
  __m512i r[8] = {x.v[0], x.v[1], x.v[2], x.v[3], y.v[0], y.v[1], y.v[2], y.v[3]};
  transpose(r);
  for (int k = 0; k < 8; k++) _mm512_store_si512(&points[out[k]], r[k]);
}

SOTTO_IFMA_INLINE __mmask8 zero_lanes(const EightWords& a) {
  const __m512i any = _mm512_or_si512(_mm512_or_si512(a.v[0], a.v[1]), _mm512_or_si512(a.v[2], a.v[3]));
  return _mm512_testn_epi64_mask(any, any);
}
SOTTO_IFMA_INLINE __mmask8 special_lanes(const EightWords& a, const EightWords& b) {
  EightWords difference;
  for (int i = 0; i < 4; i++) difference.v[i] = _mm512_xor_si512(a.v[i], b.v[i]);
  return static_cast<__mmask8>(zero_lanes(difference) | zero_lanes(a) | zero_lanes(b));
}

// x2 - x1, and 1 in the special lanes
SOTTO_IFMA_INLINE Eight denominators(const Eight& x1, const Eight& x2, __mmask8 special) {
  Eight d = sub<Fq>(x2, x1);
  for (int i = 0; i < 5; i++) d.v[i] = _mm512_mask_mov_epi64(d.v[i], special, all(C::kOne.v[i]));
  return d;
}

SOTTO_IFMA_INLINE void store(const Eight& a, PairGroups::Suffix& s) {
  for (int i = 0; i < 5; i++) _mm512_store_si512(&s.words[8 * i], a.v[i]);
}
SOTTO_IFMA_INLINE Eight load(const PairGroups::Suffix& s) {
  Eight a;
  for (int i = 0; i < 5; i++) a.v[i] = _mm512_load_si512(&s.words[8 * i]);
  return a;
}

// s^2 - x1 - x2 in [0, p); s^2 < 1.2 p
SOTTO_IFMA_INLINE Eight sum_x(const Eight& s, const Eight& x1, const Eight& x2) {
  Eight r = add_sub_raw(square<Fq>(s), C::kP2, x1);
  for (int i = 0; i < 5; i++) r.v[i] = _mm512_sub_epi64(r.v[i], x2.v[i]);
  return subtract_if_not_less(subtract_if_not_less(carry(r), C::kP2), C::kP);
}
// s * 4 (x1 - x3) - y1 in [0, p); the product is below 1.3 p
SOTTO_IFMA_INLINE Eight sum_y(const Eight& s, const Eight& x1, const Eight& x3, const Eight& y1) {
  Eight d = add_sub_raw(x1, C::kP, x3);
  for (int i = 0; i < 5; i++) d.v[i] = _mm512_slli_epi64(d.v[i], 2);
  const Eight r = sub<Fq>(mul<Fq>(s, carry(d)), y1);
  return subtract_if_not_less(subtract_if_not_less(r, C::kP), C::kP);
}
}  // namespace

SOTTO_IFMA void multiply_differences_ifma(const PairGroups& pairs, Fq (&product)[8]) {
  Eight running = all(C::kOne);
  for (size_t g = pairs.groups; g-- > 0;) {
    const uint32_t* first = pairs.first + 8 * g;
    const EightWords x1 = load_x(pairs.points, first), x2 = load_x(pairs.points + 1, first);
    const __mmask8 special = special_lanes(x1, x2);
    pairs.special[g] = special;
    store(running, pairs.suffix[g]);
    running = mul<Fq>(running, denominators(unpack(x1), unpack(x2), special));
  }
  const EightWords words = pack(subtract_if_not_less(running, C::kP));
  alignas(64) uint64_t lanes[4][8];
  for (int i = 0; i < 4; i++) _mm512_store_si512(lanes[i], words.v[i]);
  for (int l = 0; l < 8; l++) product[l] = Fq::raw({lanes[0][l], lanes[1][l], lanes[2][l], lanes[3][l]});
}

SOTTO_IFMA void add_pairs_ifma(const PairGroups& pairs, const Fq (&inverse_product)[8]) {
  // The product was P 2^260 to the lanes, 16 P to the caller. Wanted: P^-1 / 4 2^260 = 64 (16 P)^-1 2^256.
  alignas(64) uint64_t lanes[4][8];
  for (int l = 0; l < 8; l++) {
    const Fq v = Fq(64) * inverse_product[l];
    for (int i = 0; i < 4; i++) lanes[i][l] = v.montgomery()[i];
  }
  EightWords words;
  for (int i = 0; i < 4; i++) words.v[i] = _mm512_load_si512(lanes[i]);
  Eight inverse = unpack(words);
  for (size_t g = 0; g < pairs.groups; g++) {
    const uint32_t *first = pairs.first + 8 * g, *out = pairs.out + 8 * g;
    const EightPoints a = load_points(pairs.points, first), b = load_points(pairs.points + 1, first);
    const Eight x1 = unpack(a.x), y1 = unpack(a.y), x2 = unpack(b.x), y2 = unpack(b.y);
    const Eight inverse_d = mul<Fq>(inverse, load(pairs.suffix[g]));
    inverse = mul<Fq>(inverse, denominators(x1, x2, pairs.special[g]));
    const Eight s = mul<Fq>(sub<Fq>(y2, y1), inverse_d);
    const Eight x3 = sum_x(s, x1, x2);
    store_points(pack(x3), pack(sum_y(s, x1, x3, y1)), pairs.points, out);
  }
}
#else
void multiply_differences_ifma(const PairGroups&, Fq (&)[8]) { SOTTO_CHECK(false); }
void add_pairs_ifma(const PairGroups&, const Fq (&)[8]) { SOTTO_CHECK(false); }
#endif

}  // namespace sotto::zk
