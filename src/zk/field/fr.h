// SPDX-License-Identifier: Apache-2.0
// The scalar field Fr and base field Fq of BN254 (alt_bn128, EIP-196). Montgomery form with R = 2^256, always reduced (< p).
// This header fixes the interface; the arithmetic is in prime_field.h.
#pragma once
#include "zk/field/prime_field.h"

namespace sotto::zk {

struct FrParameters {
  // r = 21888242871839275222246405745257275088548364400416034343698204186575808495617
  static constexpr uint64_t kModulus[4] = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};
};
struct FqParameters {
  // q = 21888242871839275222246405745257275088696311157297823662689037894645226208583
  static constexpr uint64_t kModulus[4] = {0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};
};

using Fr = PrimeField<FrParameters>;
using Fq = PrimeField<FqParameters>;

}  // namespace sotto::zk
