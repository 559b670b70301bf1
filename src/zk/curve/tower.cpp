// SPDX-License-Identifier: Apache-2.0
#include "zk/curve/tower.h"

#include <array>

namespace sotto::zk {
namespace {
Fq2 power(const Fq2& base, const detail::Limbs& e) {
  Fq2 r{Fq(1), Fq()};
  for (int i = 255; i >= 0; i--) {
    r = r.square();
    if (e[i / 64] >> (i % 64) & 1) r = r * base;
  }
  return r;
}

// (q - 1) / 6; q = 1 mod 6 for every BN curve.
detail::Limbs sixth_of_order() {
  detail::Limbs e = Fq::kModulus;
  e[0] -= 1;
  uint64_t rest = 0;
  for (int i = 3; i >= 0; i--) {
    const uint128 v = static_cast<uint128>(rest) << 64 | e[i];
    e[i] = static_cast<uint64_t>(v / 6);
    rest = static_cast<uint64_t>(v % 6);
  }
  return e;
}
}  // namespace

// 1 / (a + b i) = (a - b i) / (a^2 + b^2)
Fq2 Fq2::inverse() const {
  const Fq norm = (c0.square() + c1.square()).inverse();
  return {c0 * norm, -c1 * norm};
}

Fq2 Fq2::times_xi() const {
  auto nine = [](const Fq& a) {
    Fq r = a + a;
    r += r;
    r += r;
    return r + a;
  };
  return {nine(c0) - c1, nine(c1) + c0};
}

// Karatsuba in three terms: six multiplications in Fq2.
Fq6 Fq6::operator*(const Fq6& o) const {
  const Fq2 a = c0 * o.c0, b = c1 * o.c1, c = c2 * o.c2;
  return {((c1 + c2) * (o.c1 + o.c2) - b - c).times_xi() + a, (c0 + c1) * (o.c0 + o.c1) - a - b + c.times_xi(),
          (c0 + c2) * (o.c0 + o.c2) - a - c + b};
}

// With t0 = c0^2 - xi c1 c2, t1 = xi c2^2 - c0 c1, t2 = c1^2 - c0 c2: (c0 + c1 v + c2 v^2)(t0 + t1 v + t2 v^2) lies in Fq2.
Fq6 Fq6::inverse() const {
  const Fq2 t0 = c0.square() - (c1 * c2).times_xi(), t1 = c2.square().times_xi() - c0 * c1, t2 = c1.square() - c0 * c2;
  const Fq2 norm = (c0 * t0 + (c2 * t1 + c1 * t2).times_xi()).inverse();
  return {t0 * norm, t1 * norm, t2 * norm};
}

Fq12 Fq12::operator*(const Fq12& o) const {
  const Fq6 a = c0 * o.c0, b = c1 * o.c1;
  return {a + b.times_v(), (c0 + c1) * (o.c0 + o.c1) - a - b};
}

Fq12 Fq12::inverse() const {
  const Fq6 norm = (c0 * c0 - (c1 * c1).times_v()).inverse();
  return {c0 * norm, -(c1 * norm)};
}

Fq12 Fq12::pow(uint64_t e) const {
  Fq12 r = one();
  for (int i = 63; i >= 0; i--) {
    r = r.square();
    if (e >> i & 1) r = r * *this;
  }
  return r;
}

// (c w^k)^q = conjugate(c) w^(q k) = conjugate(c) xi^((q - 1) k / 6) w^k
Fq12 Fq12::frobenius() const {
  const auto f = frobenius_constant;
  return {{c0.c0.conjugate(), c0.c1.conjugate() * f(2), c0.c2.conjugate() * f(4)},
          {c1.c0.conjugate() * f(1), c1.c1.conjugate() * f(3), c1.c2.conjugate() * f(5)}};
}

const Fq2& frobenius_constant(unsigned k) {
  static const std::array<Fq2, 6> table = [] {
    std::array<Fq2, 6> t;
    t[0] = {Fq(1), Fq()};
    t[1] = power({Fq(9), Fq(1)}, sixth_of_order());
    for (size_t i = 2; i < 6; i++) t[i] = t[i - 1] * t[1];
    return t;
  }();
  return table[k];
}

}  // namespace sotto::zk
