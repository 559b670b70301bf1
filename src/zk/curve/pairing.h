// SPDX-License-Identifier: Apache-2.0
// G2 (on the D-type sextic twist, y^2 = x^3 + 3/(9+i) over Fq2 = Fq[i]/(i^2+1)) and the optimal ate pairing of BN254, as EIP-197 defines it.
#pragma once
#include <array>
#include <optional>
#include <span>

#include "zk/curve/g1.h"
#include "zk/curve/tower.h"

namespace sotto::zk {

struct G2Affine {
  Fq2 x, y;
  bool is_infinity() const { return x.is_zero() && y.is_zero(); }
  bool is_on_curve() const;  // infinity counts as on the curve
  bool operator==(const G2Affine&) const = default;
  static G2Affine generator();
  bool is_in_subgroup() const;  // on the twist and of order r
  G2Affine operator+(const G2Affine& o) const;
  G2Affine operator-() const { return {x, -y}; }
  G2Affine times(const Fr& k) const;
  // EIP-197 order: x.c1, x.c0, y.c1, y.c0, 32 bytes each.
  std::array<uint8_t, 128> to_bytes() const;
  static std::optional<G2Affine> from_bytes(std::span<const uint8_t, 128> b);  // checks curve and subgroup
};

struct PairingInput {
  G1Affine p;
  G2Affine q;
};
// Product of e(p_i, q_i) == 1.
bool pairing_product_is_one(std::span<const PairingInput> pairs);

}  // namespace sotto::zk
