// SPDX-License-Identifier: Apache-2.0
// One verdict for every attack: what the native verifier says, and the EVM verifier where this build has one.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>

#include "claim/prover/prover_state.h"
#include "claim/verifier/checks.h"
#include "support/evm_verifier.h"

namespace sotto {

// The contract, or null where this machine has none: then the native verdict alone counts, and the output says so.
inline EvmVerifier* evm_verdict() {
  static EvmVerifier* const one = [] {
    ::setenv("SOTTO_CONTRACTS", SOTTO_SOURCE_DIR "/contracts", 0);  // for build folders outside of the repository
    const bool has = contest::EmbeddedChain::find_anvil().ok() && contest::load_creation_code("Verifier").ok();
    if (!has) std::cout << "native verdicts only; for the contract's run ./run setup and ./run build\n";
    return has ? EvmVerifier::shared() : nullptr;
  }();
  return one;
}

inline std::string verdict(const claim::VerifyingKey& vk, const claim::Proven& proven) {
  const Status s = claim::verify(vk, proven.statement, proven.proof);
  return s.ok() ? "accepted" : s.error().message;
}

// The native verdict with one term of the statement left out (the prover must leave it out too).
inline std::string verdict_without(unsigned term, const claim::VerifyingKey& vk, const claim::Proven& proven) {
  const Status s = verify_with(vk, proven.statement, proven.proof, {.challenges = [&](claim::Challenges& c) { c.alpha[term] = claim::Fr::zero(); }});
  return s.ok() ? "accepted" : s.error().message;
}

inline void expect_accepted(const claim::VerifyingKey& vk, const claim::Proven& proven, const std::string& what) {
  EXPECT_EQ(verdict(vk, proven), "accepted") << what;
  if (EvmVerifier* evm = evm_verdict()) {
    EXPECT_TRUE(evm->accepts(vk, proven.statement, proven.proof)) << what << ": the contract says " << evm->failure();
  }
}

// `check`: words that the native verifier's reason must contain, so that an attack does not fail for a silly reason.
inline void expect_rejected(const claim::VerifyingKey& vk, const claim::Proven& proven, const std::string& what, const std::string& check = "") {
  const std::string v = verdict(vk, proven);
  EXPECT_NE(v, "accepted") << what;
  EXPECT_NE(v.find(check), std::string::npos) << what << ": rejected for another reason: " << v;
  if (EvmVerifier* evm = evm_verdict()) {
    EXPECT_FALSE(evm->accepts(vk, proven.statement, proven.proof)) << what << ": the contract accepts";
  }
}

}  // namespace sotto
