// SPDX-License-Identifier: Apache-2.0
// A verifying key of a network and a proof, through the native verifier. A key that is accepted is canonical.
#include <algorithm>

#include "claim/network/verify.h"
#include "fuzz.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const auto [key_bytes, proof] = fuzz::two_parts(bytes);
  const auto key = claim::network::VerifyingKey::decode(key_bytes);
  if (!key.ok()) return;
  const Bytes again = key->encode();
  SOTTO_CHECK(std::equal(again.begin(), again.end(), key_bytes.begin(), key_bytes.end()));
  const claim::network::Statement statement{key->id(), {}, std::vector<int64_t>(key->circuit.outputs())};
  (void)claim::network::verify(*key, statement, proof).ok();
}
