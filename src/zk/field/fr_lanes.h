// SPDX-License-Identifier: Apache-2.0
// Eight scalars side by side with the operators of a ring, so that a formula written for Fr runs on AVX-512 IFMA as it is. Only for
// source files that are compiled for that instruction set as a whole (CMakeLists.txt of the wing names them).
//
// Values are lazy: multiples of p are taken off only as far as the bounds below need. With M = 17 p:
//   a * b   needs a, b < 84 p and is below a b / (84 p) + 1.15 p;
//   a + b   is below max(16.01 p, a + b - 16 p) or, where that is less, a + b;
//   a - b   needs b <= 17 p and is below max(16.01 p, a + p).
// A formula is safe when all this holds in it for its worst inputs: LaneBound (lane_bound.h) replays a formula on bounds.
#pragma once
#if !defined(__AVX512IFMA__) && !defined(SOTTO_EMULATE_AVX512)
#error "fr_lanes.h is for source files compiled with -mavx512f -mavx512dq -mavx512ifma"
#endif
#include "zk/field/ifma.h"

namespace sotto::zk {

// k p with limbs below 2^52 but for the last one: k p may pass 2^256.
constexpr ifma::Limbs52 lanes_times_p(uint64_t k) {
  ifma::Limbs52 r = ifma::Constants<Fr>::kP;
  uint64_t carry = 0;
  for (int i = 0; i < 5; i++) {
    const uint64_t v = k * r.v[i] + carry;
    r.v[i] = i < 4 ? v & ((uint64_t{1} << 52) - 1) : v;
    carry = v >> 52;
  }
  return r;
}

struct FrLanes {
  ifma::Eight e;

  static constexpr ifma::Limbs52 kReduce = lanes_times_p(16), kOffset = lanes_times_p(17);

  FrLanes() : e(ifma::all(ifma::Limbs52{})) {}
  explicit FrLanes(const ifma::Eight& v) : e(v) {}
  explicit FrLanes(const ifma::Limbs52& v) : e(ifma::all(v)) {}

  friend FrLanes operator*(const FrLanes& a, const FrLanes& b) { return mul(a, b); }
  friend FrLanes operator+(const FrLanes& a, const FrLanes& b) {
    ifma::Eight r;
    for (int i = 0; i < 5; i++) r.v[i] = _mm512_add_epi64(a.e.v[i], b.e.v[i]);
    return settle(r);
  }
  friend FrLanes operator-(const FrLanes& a, const FrLanes& b) {
    return settle(ifma::add_sub_raw(a.e, kOffset, b.e));
  }
  FrLanes& operator+=(const FrLanes& b) { return *this = *this + b; }

 private:
  // A call and not inline: formulas hold dozens of products, which would not fit the instruction cache.
  [[gnu::noinline]] static FrLanes mul(const FrLanes& a, const FrLanes& b) { return FrLanes(ifma::mul<Fr>(a.e, b.e)); }
  // Takes off 16 p where the top limb says that it is there; the top limb is off by at most 1 before the carry.
  static FrLanes settle(ifma::Eight r) {
    const __mmask8 large = _mm512_cmpgt_epi64_mask(r.v[4], ifma::all(kReduce.v[4] + 1));
    for (int i = 0; i < 5; i++) r.v[i] = _mm512_mask_sub_epi64(r.v[i], large, r.v[i], ifma::all(kReduce.v[i]));
    return FrLanes(ifma::carry(r));
  }
};

}  // namespace sotto::zk
