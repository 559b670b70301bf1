// SPDX-License-Identifier: Apache-2.0
// The native verifier: a deterministic pure function without exceptions, clock, randomness or threads.
#pragma once
#include "claim/statement/eip712.h"
#include "claim/statement/verifying_key.h"

namespace sotto::claim {

// ok, or kRejected with the first check that failed. statement.judge_id must be the key's.
Status verify(const VerifyingKey& key, const ClaimStatement& statement, ByteSpan proof);

}  // namespace sotto::claim
