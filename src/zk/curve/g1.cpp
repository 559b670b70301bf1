// SPDX-License-Identifier: Apache-2.0
// Formulas: Bernstein and Lange, Explicit-Formulas Database, short Weierstrass curves with a = 0, Jacobian coordinates.
#include "zk/curve/g1.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace sotto::zk {

bool G1Affine::is_on_curve() const { return is_infinity() || y.square() == x.square() * x + Fq(3); }

PointBytes G1Affine::to_bytes() const {
  PointBytes out;
  const Bytes32 xb = x.to_bytes(), yb = y.to_bytes();
  std::copy(xb.begin(), xb.end(), out.begin());
  std::copy(yb.begin(), yb.end(), out.begin() + 32);
  return out;
}

std::optional<G1Affine> G1Affine::from_bytes(std::span<const uint8_t, 64> b) {
  const auto x = Fq::from_bytes(b.first<32>()), y = Fq::from_bytes(b.last<32>());
  if (!x || !y) return std::nullopt;
  const G1Affine p{*x, *y};
  if (!p.is_on_curve()) return std::nullopt;
  return p;
}

G1::G1(const G1Affine& p) : G1() {
  if (p.is_infinity()) return;
  x = p.x;
  y = p.y;
  z = Fq::one();
}

// dbl-2009-l. No point of G1 has y = 0 (the order is odd), and Z = 0 gives Z = 0.
G1 G1::doubled() const {
  const Fq a = x.square(), b = y.square(), c = b.square();
  Fq d = (x + b).square() - a - c;
  d += d;
  const Fq e = a + a + a, f = e.square();
  G1 r;
  r.x = f - d - d;
  Fq c8 = c + c;
  c8 += c8;
  c8 += c8;
  r.y = e * (d - r.x) - c8;
  r.z = y * z;
  r.z += r.z;
  return r;
}

// add-2007-bl, completed.
G1 G1::operator+(const G1& o) const {
  if (is_infinity()) return o;
  if (o.is_infinity()) return *this;
  const Fq z1z1 = z.square(), z2z2 = o.z.square();
  const Fq u1 = x * z2z2, u2 = o.x * z1z1;
  const Fq s1 = y * o.z * z2z2, s2 = o.y * z * z1z1;
  const Fq h = u2 - u1;
  Fq s = s2 - s1;
  if (h.is_zero()) return s.is_zero() ? doubled() : G1();
  s += s;
  const Fq i = (h + h).square(), j = h * i, v = u1 * i;
  G1 r;
  r.x = s.square() - j - v - v;
  const Fq sj = s1 * j;
  r.y = s * (v - r.x) - sj - sj;
  r.z = ((z + o.z).square() - z1z1 - z2z2) * h;
  return r;
}

// madd-2007-bl, completed.
G1 G1::operator+(const G1Affine& o) const {
  if (o.is_infinity()) return *this;
  if (is_infinity()) return G1(o);
  const Fq z1z1 = z.square(), u2 = o.x * z1z1, s2 = o.y * z * z1z1, h = u2 - x;
  Fq s = s2 - y;
  if (h.is_zero()) return s.is_zero() ? doubled() : G1();
  s += s;
  const Fq hh = h.square();
  Fq i = hh + hh;
  i += i;
  const Fq j = h * i, v = x * i, yj = y * j;
  G1 r;
  r.x = s.square() - j - v - v;
  r.y = s * (v - r.x) - yj - yj;
  r.z = (z + h).square() - z1z1 - hh;
  return r;
}

G1 G1::operator-() const {
  G1 r = *this;
  r.y = -y;
  return r;
}

// Fixed windows of 4 bits. Not constant time: Sotto does not defend against observers on the same machine.
G1 G1::operator*(const Fr& k) const {
  std::array<G1, 16> multiple;
  for (size_t i = 1; i < 16; i++) multiple[i] = multiple[i - 1] + *this;
  const auto limbs = k.to_limbs();
  G1 r;
  for (int i = 63; i >= 0; i--) {
    r = r.doubled().doubled().doubled().doubled();
    r = r + multiple[limbs[i / 16] >> (4 * (i % 16)) & 15];
  }
  return r;
}

bool G1::operator==(const G1& o) const {
  if (is_infinity() || o.is_infinity()) return is_infinity() == o.is_infinity();
  const Fq z1z1 = z.square(), z2z2 = o.z.square();
  return x * z2z2 == o.x * z1z1 && y * o.z * z2z2 == o.y * z * z1z1;
}

G1Affine G1::to_affine() const {
  if (is_infinity()) return {};
  const Fq inverse = z.inverse(), inverse2 = inverse.square();
  return {x * inverse2, y * inverse2 * inverse};
}

void to_affine(std::span<const G1> in, std::span<G1Affine> out) {
  SOTTO_CHECK(in.size() == out.size());
  std::vector<Fq> inverse(in.size());
  for (size_t i = 0; i < in.size(); i++) inverse[i] = in[i].is_infinity() ? Fq::one() : in[i].z;
  SOTTO_CHECK(batch_inverse<Fq>(inverse));
  for (size_t i = 0; i < in.size(); i++) {
    const Fq inverse2 = inverse[i].square();
    out[i] = in[i].is_infinity() ? G1Affine{} : G1Affine{in[i].x * inverse2, in[i].y * inverse2 * inverse[i]};
  }
}

}  // namespace sotto::zk
