// SPDX-License-Identifier: Apache-2.0
// G2 in affine coordinates: verifiers use a handful of points, so clarity wins over speed here.
#include <algorithm>

#include "zk/curve/pairing.h"

namespace sotto::zk {
namespace {
// 3 / xi
const Fq2& twist_b() {
  static const Fq2 b = Fq2{Fq(9), Fq(1)}.inverse() * Fq(3);
  return b;
}

G2Affine times_limbs(const G2Affine& p, const detail::Limbs& k) {
  G2Affine r;
  for (int i = 255; i >= 0; i--) {
    r = r + r;
    if (k[i / 64] >> (i % 64) & 1) r = r + p;
  }
  return r;
}

Fq decimal(const char* digits) {
  Fq r;
  for (; *digits; digits++) r = r * Fq(10) + Fq(*digits - '0');
  return r;
}
}  // namespace

// The generator that EIP-197 names.
G2Affine G2Affine::generator() {
  static const G2Affine g = {
      {decimal("10857046999023057135944570762232829481370756359578518086990519993285655852781"),
       decimal("11559732032986387107991004021392285783925812861821192530917403151452391805634")},
      {decimal("8495653923123431417604973247489272438418190587263600148770280649306958101930"),
       decimal("4082367875863433681332203403145435568316851327593401208105741076214120093531")}};
  return g;
}

bool G2Affine::is_on_curve() const { return is_infinity() || y.square() == x.square() * x + twist_b(); }

bool G2Affine::is_in_subgroup() const { return is_on_curve() && times_limbs(*this, Fr::kModulus).is_infinity(); }

G2Affine G2Affine::operator+(const G2Affine& o) const {
  if (is_infinity()) return o;
  if (o.is_infinity()) return *this;
  Fq2 slope;
  if (x == o.x) {
    if (y != o.y || y.is_zero()) return {};
    const Fq2 xx = x.square();
    slope = (xx + xx + xx) * (y + y).inverse();
  } else {
    slope = (o.y - y) * (o.x - x).inverse();
  }
  const Fq2 x3 = slope.square() - x - o.x;
  return {x3, slope * (x - x3) - y};
}

G2Affine G2Affine::times(const Fr& k) const { return times_limbs(*this, k.to_limbs()); }

std::array<uint8_t, 128> G2Affine::to_bytes() const {
  std::array<uint8_t, 128> out;
  auto at = out.begin();
  for (const Fq* c : {&x.c1, &x.c0, &y.c1, &y.c0}) {
    const Bytes32 b = c->to_bytes();
    at = std::copy(b.begin(), b.end(), at);
  }
  return out;
}

std::optional<G2Affine> G2Affine::from_bytes(std::span<const uint8_t, 128> b) {
  const auto x1 = Fq::from_bytes(b.subspan<0, 32>()), x0 = Fq::from_bytes(b.subspan<32, 32>());
  const auto y1 = Fq::from_bytes(b.subspan<64, 32>()), y0 = Fq::from_bytes(b.subspan<96, 32>());
  if (!x1 || !x0 || !y1 || !y0) return std::nullopt;
  const G2Affine p{{*x0, *x1}, {*y0, *y1}};
  if (!p.is_in_subgroup()) return std::nullopt;
  return p;
}

}  // namespace sotto::zk
