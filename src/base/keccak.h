// SPDX-License-Identifier: Apache-2.0
// Keccak-256 with the original 0x01 padding, as Ethereum uses it (not FIPS-202 SHA3-256).
#pragma once
#include <string_view>

#include "base/bytes.h"

namespace sotto {
Bytes32 keccak256(ByteSpan data);
inline Bytes32 keccak256(std::string_view s) {
  return keccak256(ByteSpan(reinterpret_cast<const uint8_t*>(s.data()), s.size()));
}
}  // namespace sotto
