// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>

#include "claim/network/statement.h"

namespace sotto::claim::network {

// Accepts or names the check that failed. Pure and deterministic.
Status verify(const VerifyingKey& key, const Statement& statement, ByteSpan proof);

// For tests that show what every term is for, and what every challenge depends on: verify() with none of it.
struct VerifierHooks {
  std::vector<Fr> frozen = {};                       // these challenges instead of the transcript's
  std::function<void(Challenges&)> challenges = {};  // edits them once they are drawn
  std::vector<Fr>* drawn = nullptr;                  // every challenge of the transcript, in order
};
Status verify_with(const VerifyingKey& key, const Statement& statement, ByteSpan proof, const VerifierHooks& hooks);

}  // namespace sotto::claim::network
