// SPDX-License-Identifier: Apache-2.0
// G1 of BN254: y^2 = x^3 + 3 over Fq, prime order r, cofactor 1. Points travel as EIP-196 encodes them: x, y big-endian, (0, 0) = infinity.
#pragma once
#include <array>
#include <optional>

#include "zk/field/fr.h"

namespace sotto::zk {

using PointBytes = std::array<uint8_t, 64>;

// Affine point; infinity is (0, 0), which is not on the curve. One cache line.
struct alignas(64) G1Affine {
  Fq x, y;
  bool is_infinity() const { return x.is_zero() && y.is_zero(); }
  bool is_on_curve() const;  // infinity counts as on the curve
  bool operator==(const G1Affine&) const = default;
  static G1Affine generator() { return {Fq(1), Fq(2)}; }
  PointBytes to_bytes() const;
  // Refuses coordinates >= q and points off the curve.
  static std::optional<G1Affine> from_bytes(std::span<const uint8_t, 64> b);
};

// Jacobian point (X / Z^2, Y / Z^3); Z = 0 is infinity.
struct G1 {
  Fq x, y, z;
  G1() : x(1), y(1), z() {}
  explicit G1(const G1Affine& p);
  bool is_infinity() const { return z.is_zero(); }
  G1 doubled() const;
  G1 operator+(const G1& o) const;
  G1 operator+(const G1Affine& o) const;
  G1 operator-() const;
  G1 operator*(const Fr& k) const;
  bool operator==(const G1& o) const;  // equality of points
  G1Affine to_affine() const;
};

// Many at once with one inversion.
void to_affine(std::span<const G1> in, std::span<G1Affine> out);

}  // namespace sotto::zk
