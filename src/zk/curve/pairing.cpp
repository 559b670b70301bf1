// SPDX-License-Identifier: Apache-2.0
// Optimal ate pairing (Vercauteren, eprint 2008/096; Beuchat et al., eprint 2010/354): with s = 6u + 2,
//   e(P, Q) = (f_{s,Q}(P) * l_{sQ, pi(Q)}(P) * l_{sQ + pi(Q), -pi^2(Q)}(P)) ^ ((q^12 - 1) / r).
#include "zk/curve/pairing.h"

namespace sotto::zk {
namespace {
constexpr uint64_t kU = 4965661367192848881;  // the BN parameter: q = 36u^4 + 36u^3 + 24u^2 + 6u + 1
constexpr uint128 kLoop = static_cast<uint128>(kU) * 6 + 2;
constexpr int kLoopBits = 65;
static_assert(kLoop >> (kLoopBits - 1) == 1);

// The line through T with slope m on the twist, seen at P after untwisting (x, y) -> (x w^2, y w^3):
//   l(P) = y_P - m x_P w + (m x_T - y_T) w^3.
Fq12 line(const G2Affine& t, const Fq2& m, const G1Affine& p) {
  return {{{p.y, Fq()}, {}, {}}, {-(m * p.x), m * t.x - t.y, {}}};
}

// T <- T + Q; returns the line through T and Q at P. Q of order r never meets T = +-Q or infinity here, because s < r.
Fq12 add_step(G2Affine& t, const G2Affine& q, const G1Affine& p) {
  const Fq2 m = (q.y - t.y) * (q.x - t.x).inverse();
  const Fq12 l = line(t, m, p);
  const Fq2 x3 = m.square() - t.x - q.x;
  t = {x3, m * (t.x - x3) - t.y};
  return l;
}

Fq12 double_step(G2Affine& t, const G1Affine& p) {
  const Fq2 xx = t.x.square(), m = (xx + xx + xx) * (t.y + t.y).inverse();
  const Fq12 l = line(t, m, p);
  const Fq2 x3 = m.square() - t.x - t.x;
  t = {x3, m * (t.x - x3) - t.y};
  return l;
}

// pi on the twist: (conjugate(x) xi^((q-1)/3), conjugate(y) xi^((q-1)/2)).
G2Affine frobenius(const G2Affine& q) {
  return {q.x.conjugate() * frobenius_constant(2), q.y.conjugate() * frobenius_constant(3)};
}

Fq12 miller_loop(const G1Affine& p, const G2Affine& q) {
  Fq12 f = Fq12::one();
  G2Affine t = q;
  for (int i = kLoopBits - 2; i >= 0; i--) {
    f = f.square() * double_step(t, p);
    if (kLoop >> i & 1) f = f * add_step(t, q, p);
  }
  const G2Affine q1 = frobenius(q);
  f = f * add_step(t, q1, p);
  return f * add_step(t, -frobenius(q1), p);
}

// f^((q^12 - 1) / r) = (f^((q^6 - 1)(q^2 + 1)))^((q^4 - q^2 + 1) / r); Scott et al., eprint 2008/490: the last exponent is
//   q^3 + (6u^2 + 1) q^2 + (-36u^3 - 18u^2 - 12u + 1) q + (-36u^3 - 30u^2 - 18u - 2).
Fq12 final_exponentiation(const Fq12& f) {
  const Fq12 g = f.conjugate() * f.inverse();
  const Fq12 m = g.frobenius().frobenius() * g;  // from here on the inverse is the conjugate
  const Fq12 mu = m.pow(kU), mu2 = mu.pow(kU), mu3 = mu2.pow(kU);
  const Fq12 c36 = mu3.pow(36);
  const Fq12 e0 = (c36 * mu2.pow(30) * mu.pow(18) * m.square()).conjugate();
  const Fq12 e1 = (c36 * mu2.pow(18) * mu.pow(12)).conjugate() * m;
  const Fq12 e2 = mu2.pow(6) * m;
  // Horner in the Frobenius.
  return ((m.frobenius() * e2).frobenius() * e1).frobenius() * e0;
}
}  // namespace

bool pairing_product_is_one(std::span<const PairingInput> pairs) {
  Fq12 f = Fq12::one();
  for (const PairingInput& pair : pairs)
    if (!pair.p.is_infinity() && !pair.q.is_infinity()) f = f * miller_loop(pair.p, pair.q);
  return final_exponentiation(f) == Fq12::one();
}

}  // namespace sotto::zk
