// SPDX-License-Identifier: Apache-2.0
// The public statement of a claim and its EIP-712 digest, exactly as contracts/src/Prize.sol computes it.
#pragma once
#include "base/bytes.h"

namespace sotto::claim {

struct ClaimStatement {
  uint64_t chain_id = 0;
  Address contract{};          // the Prize contract
  Bytes32 contest_id{};        // uint256, big-endian
  Bytes32 judge_id{};          // keccak256(0x00 ++ verifying key): EXTCODEHASH of the data contract
  uint32_t score = 0;
  Bytes32 song_commitment{};   // keccak256 of the proof's own program commitment
  Address beneficiary{};
  bool operator==(const ClaimStatement&) const = default;
};

// keccak256(0x1901 ++ domain separator ++ struct hash), domain {name "Sotto", version "1", chainId, verifyingContract},
// struct Claim(uint256 contestId,bytes32 judgeId,uint256 score,bytes32 songCommitment,address beneficiary).
Bytes32 claim_digest(const ClaimStatement& statement);

}  // namespace sotto::claim
