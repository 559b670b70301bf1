// SPDX-License-Identifier: Apache-2.0
// song + judge + claim -> zero-knowledge proof.
#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "claim/statement/eip712.h"
#include "claim/statement/verifying_key.h"
#include "judge/net/network.h"
#include "sound/bytebeat/program.h"
#include "zk/commit/srs.h"

namespace sotto::claim {

struct ProvingKey;  // prover/proving_key.h

// slots: 16, 32 or 64. Refuses judges that the statement cannot hold and layouts without room (rules 1-3, 7-9).
Result<std::shared_ptr<const ProvingKey>> make_proving_key(const judge::Network& net, unsigned slots,
                                                           std::shared_ptr<const zk::Srs> srs);
const VerifyingKey& verifying_key(const ProvingKey& key);
// log2 of the number of setup powers that a key for this judge and size class needs.
Result<unsigned> required_log_size(const judge::Network& net, unsigned slots);

// What the claim is for; score, judge and song commitment come out of the proof.
struct Target {
  uint64_t chain_id = 0;
  Address contract{};
  Bytes32 contest_id{};
  Address beneficiary{};
};

struct Proven {
  Bytes proof;  // the exact calldata bytes
  ClaimStatement statement;
};

// Called from the proving thread, fraction in [0, 1]; return false to stop (the result is then kInterrupted).
using Progress = std::function<bool(std::string_view stage, double fraction)>;

// All masks are fresh; calling it twice gives proofs that share no word but public ones.
Result<Proven> prove(const ProvingKey& key, const sound::Program& program, const Target& target,
                     const Progress& progress = {});

}  // namespace sotto::claim
