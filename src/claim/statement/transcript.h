// SPDX-License-Identifier: Apache-2.0
// What a proof absorbs first, and the length of a proof: both follow from the statement alone.
#pragma once
#include "claim/statement/eip712.h"
#include "claim/statement/verifying_key.h"

namespace sotto::claim {

// abi.encode(keccak("SOTTO-PROOF-V1"), judgeId, EIP-712 digest, score, songCommitment): fixed width.
Bytes transcript_statement(const ClaimStatement& statement);

// Slices of a proof in bytes, in order: phase-1 points and the mask sum; phase-2 points; each main round; evaluations; each
// reduction round; final evaluations; then the opening (zk/commit/opening.h).
struct ProofSizes {
  size_t phase1, phase2, main_round, evaluations, reduction_round, finals, total;
};
ProofSizes proof_sizes(const Shape& shape, const Layout& layout);

// Number of evaluations e_j that are sent: every column but the sumcheck mask.
inline constexpr unsigned kEvaluatedColumns = kColumnCount - 1;
// Index of a column among the evaluated ones; kZ1 is not among them.
constexpr unsigned evaluated_index(unsigned column) { return column < kZ1 ? column : column - 1; }

}  // namespace sotto::claim
