// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/srs.h"

#include <bit>

#include "base/check.h"
#include "base/keccak.h"

namespace sotto::zk {

unsigned Srs::log_size() const {
  SOTTO_CHECK(std::has_single_bit(g1.size()));
  return static_cast<unsigned>(std::countr_zero(g1.size()));
}

Bytes PowersG2::to_bytes() const {
  Bytes out;
  append(out, tau.to_bytes());
  append(out, fold.to_bytes());
  return out;
}

Bytes32 srs_digest(const Srs& srs) {
  SOTTO_CHECK(srs.g1.size() >= 2);
  Bytes text = {static_cast<uint8_t>(srs.development)};
  append(text, srs.g1[1].to_bytes());
  append(text, srs.g2.to_bytes());
  return keccak256(text);
}

}  // namespace sotto::zk
