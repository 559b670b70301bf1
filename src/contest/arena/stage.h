// SPDX-License-Identifier: Apache-2.0
// The embedded chain with one contest on it: verifier, verifying key, prize, sponsor. Where a demo is played.
#pragma once
#include <memory>

#include "claim/prover/prove.h"
#include "contest/chain/embedded.h"
#include "contest/chain/prize.h"

namespace sotto::contest {

// What a paid claim cost and brought.
struct Payout {
  Bytes32 tx{};              // the claim
  uint64_t verify_gas = 0;   // of the verifier's call alone, without calldata and the transaction's base price
  uint64_t total_gas = 0;    // of the whole claim transaction
  Wei before = 0, after = 0; // balance of the winner
};

// What one verification costs: the call alone, and before it the transaction's base price with its calldata.
struct VerificationGas {
  uint64_t execution = 0, base = 0;
  uint64_t total() const { return execution + base; }
};
// Of a call to a verifier, by the receipt of a transaction that makes it.
Result<VerificationGas> verification_gas_of(ChainClient& client, const PrivateKey& payer, const Message& message);

class Stage {
 public:
  // Starts the chain and checks that the contracts are there: what can be missing is missed before any work is done.
  static Result<Stage> open();

  // Deploys everything and opens a contest that lasts so many seconds.
  Status announce(const claim::VerifyingKey& key, uint32_t target, Wei prize,
                  PrizeMode mode = PrizeMode::kFirstToTarget, uint64_t seconds = 24 * 3600);
  // What the winner has to prove.
  Result<claim::Target> target_for(const Address& winner);
  // A fresh key with a little money for gas.
  Result<PrivateKey> new_player();
  // Claim, settle, withdraw, all sent by the winner.
  Result<Payout> pay(const PrivateKey& winner, const claim::ClaimStatement& statement, ByteSpan proof);

  // Of the verifier alone, without the prize. Needs announce().
  Result<VerificationGas> verification_gas(const claim::ClaimStatement& statement, ByteSpan proof);

  const EmbeddedChain& chain() const { return chain_; }
  EmbeddedChain& chain() { return chain_; }
  PrizeClient& prize() { return *prize_; }
  uint64_t contest() const { return contest_; }

 private:
  Stage(EmbeddedChain chain, std::unique_ptr<ChainClient> client, PrivateKey sponsor, Bytes verifier_code);

  EmbeddedChain chain_;
  std::unique_ptr<ChainClient> client_;  // the prize client keeps its address
  PrivateKey sponsor_;
  Bytes verifier_code_;
  Address verifier_{}, key_data_{};
  std::unique_ptr<PrizeClient> prize_;
  uint64_t contest_ = 0;
};

}  // namespace sotto::contest
