// SPDX-License-Identifier: Apache-2.0
// What a verifier, native or EVM, has to know of a judge and a size class. Its bytes are the content of the data contract.
#pragma once
#include "base/bytes.h"
#include "claim/statement/layout.h"
#include "zk/commit/srs.h"

namespace sotto::claim {

struct VerifyingKey {
  Bytes32 judge_file{};        // judge::judge_digest
  bool development = false;    // made with a development setup
  uint32_t max_score = 0;      // no honest witness exceeds it
  Shape shape;                 // every size and relation record
  zk::G1Affine weights;        // commitment of the public weight column P
  zk::G1Affine table_out;      // commitment of the function-table column Tout
  zk::PowersG2 g2;

  // 32-byte words: "SOTTO-VK-1", judge_file, flags (bit 0: development), max_score, then the rest. Canonical.
  Bytes encode() const;
  static Result<VerifyingKey> decode(ByteSpan bytes);
  // keccak256(0x00 ++ encode()): judgeId.
  Bytes32 judge_id() const;
};

}  // namespace sotto::claim
