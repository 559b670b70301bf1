// SPDX-License-Identifier: Apache-2.0
// A verifying key and a proof, through the native verifier. A key that is accepted is canonical.
#include <algorithm>

#include "base/keccak.h"
#include "claim/verifier/verify.h"
#include "fuzz.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const auto [key_bytes, proof] = fuzz::two_parts(bytes);
  const auto key = claim::VerifyingKey::decode(key_bytes);
  if (!key.ok()) return;
  const Bytes again = key->encode();
  SOTTO_CHECK(std::equal(again.begin(), again.end(), key_bytes.begin(), key_bytes.end()));
  claim::ClaimStatement statement;
  statement.judge_id = key->judge_id();
  statement.score = 100;
  constexpr size_t kSong =
      64 * claim::kProg;  // the commitment that an attacker would name, so that verification goes on
  if (proof.size() >= kSong + 64) statement.song_commitment = keccak256(proof.subspan(kSong, 64));
  (void)claim::verify(*key, statement, proof).ok();
}
