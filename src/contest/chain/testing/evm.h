// SPDX-License-Identifier: Apache-2.0
// For tests only: an embedded chain and the compiled contracts, or the line that says what to run first.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "base/keccak.h"
#include "contest/chain/abi.h"
#include "contest/chain/artifact.h"
#include "contest/chain/embedded.h"

// In a test body: skips the test where npm's tools or the compiled contracts are missing.
#define SOTTO_REQUIRE_EVM()                                                \
  do {                                                                     \
    if (!::sotto::contest::has_evm()) {                                    \
      std::cout << "SOTTO-SKIPPED: run ./run setup first" << std::endl;    \
      GTEST_SKIP();                                                        \
    }                                                                      \
  } while (0)

namespace sotto::contest {

inline bool has_evm() {
#ifdef SOTTO_SOURCE_DIR
  ::setenv("SOTTO_CONTRACTS", SOTTO_SOURCE_DIR "/contracts", 0);  // for build folders outside of the repository
#endif
  return EmbeddedChain::find_anvil().ok() && load_creation_code("Prize").ok() &&
         load_creation_code("MockVerifier").ok();
}

// A verifying key as far as the prize reads it.
inline Bytes mock_verifying_key(bool development, uint32_t max_score) {
  Bytes key;
  Bytes32 tag{};
  const std::string_view name = "SOTTO-VK-1";
  std::copy(name.begin(), name.end(), tag.begin());
  append(key, tag);
  append(key, keccak256("a judge file"));
  append(key, word_from_u64(development ? 1 : 0));
  append(key, word_from_u64(max_score));
  append(key, keccak256("the rest of the key"));
  return key;
}

// What contracts/test/MockVerifier.sol takes as proof.
inline Bytes mock_proof(const Address& vk_data, const Bytes32& digest, uint32_t score, const Bytes32& song_commitment) {
  AbiWriter w;
  w.address(vk_data).word(digest).number(score).word(song_commitment);
  Bytes32 proof = keccak256(w.finish());
  return Bytes(proof.begin(), proof.end());
}

}  // namespace sotto::contest
