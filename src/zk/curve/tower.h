// SPDX-License-Identifier: Apache-2.0
// The tower of BN254: Fq2 = Fq[i]/(i^2 + 1), Fq6 = Fq2[v]/(v^3 - xi), Fq12 = Fq6[w]/(w^2 - v), with xi = 9 + i, so w^6 = xi.
#pragma once
#include "zk/field/fr.h"

namespace sotto::zk {

struct Fq2 {
  Fq c0, c1;  // c0 + c1 i
  bool operator==(const Fq2&) const = default;
  bool is_zero() const { return c0.is_zero() && c1.is_zero(); }
  Fq2 operator+(const Fq2& o) const { return {c0 + o.c0, c1 + o.c1}; }
  Fq2 operator-(const Fq2& o) const { return {c0 - o.c0, c1 - o.c1}; }
  Fq2 operator-() const { return {-c0, -c1}; }
  Fq2 operator*(const Fq2& o) const {
    const Fq a = c0 * o.c0, b = c1 * o.c1;
    return {a - b, (c0 + c1) * (o.c0 + o.c1) - a - b};
  }
  Fq2 operator*(const Fq& k) const { return {c0 * k, c1 * k}; }
  Fq2 square() const { return {(c0 + c1) * (c0 - c1), (c0 + c0) * c1}; }
  Fq2 conjugate() const { return {c0, -c1}; }  // the q-power Frobenius, because q = 3 mod 4
  Fq2 inverse() const;                         // the inverse of 0 is 0
  Fq2 times_xi() const;                        // (9 + i) (c0 + c1 i)
};

struct Fq6 {
  Fq2 c0, c1, c2;  // c0 + c1 v + c2 v^2
  bool operator==(const Fq6&) const = default;
  Fq6 operator+(const Fq6& o) const { return {c0 + o.c0, c1 + o.c1, c2 + o.c2}; }
  Fq6 operator-(const Fq6& o) const { return {c0 - o.c0, c1 - o.c1, c2 - o.c2}; }
  Fq6 operator-() const { return {-c0, -c1, -c2}; }
  Fq6 operator*(const Fq6& o) const;
  Fq6 times_v() const { return {c2.times_xi(), c0, c1}; }
  Fq6 inverse() const;
};

struct Fq12 {
  Fq6 c0, c1;  // c0 + c1 w
  bool operator==(const Fq12&) const = default;
  static Fq12 one() { return {{{Fq(1), Fq()}, {}, {}}, {}}; }
  Fq12 operator*(const Fq12& o) const;
  Fq12 square() const { return *this * *this; }
  Fq12 conjugate() const { return {c0, -c1}; }  // the q^6-power Frobenius; the inverse in the cyclotomic subgroup
  Fq12 inverse() const;
  Fq12 pow(uint64_t e) const;
  Fq12 frobenius() const;  // the q-power
};

// xi^((q - 1) / 6 * k), k = 0..5: the constants of every Frobenius map.
const Fq2& frobenius_constant(unsigned k);

}  // namespace sotto::zk
