// SPDX-License-Identifier: Apache-2.0
// Randomness of a proof. Hedged: every mask is keccak(system randomness, secret, context, counter), so that a repeated or weak
// system generator alone does not repeat masks for another statement (protocol review Z2).
#pragma once
#include "base/bytes.h"
#include "zk/field/fr.h"

namespace sotto::claim {

class MaskSource {
 public:
  // Fresh system randomness mixed with the secret (the song) and the context (judge, target).
  MaskSource(ByteSpan secret, ByteSpan context);
  ~MaskSource();
  MaskSource(const MaskSource&) = delete;
  MaskSource& operator=(const MaskSource&) = delete;
  zk::Fr next();  // uniform up to 2^-250: 512 bits reduced

  // For tests that need the same masks twice. Never used by prove().
  static MaskSource deterministic(uint64_t seed);

 private:
  explicit MaskSource(const Bytes32& key) : key_(key) {}
  Bytes32 key_{};
  uint64_t counter_ = 0;
};

}  // namespace sotto::claim
