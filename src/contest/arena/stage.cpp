// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/stage.h"

#include <algorithm>

#include "contest/chain/abi.h"
#include "contest/chain/artifact.h"

namespace sotto::contest {
namespace {

constexpr Wei kSponsorMoney = 100 * kEther;
constexpr Wei kGasMoney = kEther / 20;

// verify(address vkData, bytes proof, bytes32 statement, uint256 score, bytes32 songCommitment)
Bytes verify_calldata(const Address& key_data, ByteSpan proof, const claim::ClaimStatement& statement) {
  constexpr uint64_t kProofOffset = 5 * 32;
  AbiWriter head("verify(address,bytes,bytes32,uint256,bytes32)");
  head.address(key_data).number(kProofOffset).word(claim::claim_digest(statement)).number(statement.score).word(statement.song_commitment);
  Bytes data = std::move(head).finish();
  append(data, word_from_u64(proof.size()));
  append(data, proof);
  data.resize(data.size() + (32 - proof.size() % 32) % 32);
  return data;
}

// What a transaction costs before it runs: 21,000 and its calldata, 4 gas a zero byte and 16 any other (EIP-2028).
uint64_t base_gas(ByteSpan data) {
  const auto zeros = static_cast<uint64_t>(std::count(data.begin(), data.end(), uint8_t{0}));
  return 21'000 + 4 * zeros + 16 * (data.size() - zeros);
}

}  // namespace

Stage::Stage(EmbeddedChain chain, std::unique_ptr<ChainClient> client, PrivateKey sponsor, Bytes verifier_code)
    : chain_(std::move(chain)), client_(std::move(client)), sponsor_(std::move(sponsor)), verifier_code_(std::move(verifier_code)) {}

Result<Stage> Stage::open() {
  SOTTO_TRY(Bytes verifier_code, load_creation_code("Verifier"));
  SOTTO_TRY(EmbeddedChain chain, EmbeddedChain::start());
  SOTTO_TRY(ChainClient client, chain.connect());
  SOTTO_TRY(PrivateKey sponsor, chain.funded_key(kSponsorMoney));
  return Stage(std::move(chain), std::make_unique<ChainClient>(std::move(client)), std::move(sponsor), std::move(verifier_code));
}

Status Stage::announce(const claim::VerifyingKey& key, uint32_t target, Wei prize, PrizeMode mode, uint64_t seconds) {
  SOTTO_TRY(const Deployment verifier, client_->deploy(sponsor_, verifier_code_));
  SOTTO_TRY(const Bytes key_code, data_contract_init_code(key.encode()));
  SOTTO_TRY(const Deployment key_data, client_->deploy(sponsor_, key_code));
  verifier_ = verifier.address;
  key_data_ = key_data.address;
  SOTTO_TRY(PrizeClient client, PrizeClient::deploy(*client_, sponsor_, key.development));
  prize_ = std::make_unique<PrizeClient>(std::move(client));
  SOTTO_TRY(const BlockHeader now, client_->block());
  PrizeTerms terms;
  terms.verifier = verifier_;
  terms.vk_data = key_data_;
  terms.judge_id = key.judge_id();
  terms.mode = mode;
  terms.target = target;
  terms.deadline = now.timestamp + seconds;
  SOTTO_TRY(const Created created, prize_->create(sponsor_, terms, prize));
  contest_ = created.id;
  return ok_status();
}

Result<claim::Target> Stage::target_for(const Address& winner) {
  SOTTO_TRY(const claim::ClaimStatement s, prize_->statement_template(contest_, winner));
  return claim::Target{s.chain_id, s.contract, s.contest_id, s.beneficiary};
}

Result<PrivateKey> Stage::new_player() { return chain_.funded_key(kGasMoney); }

// The verifier is a view, but a transaction may call it all the same, and its receipt says exactly what it used.
Result<VerificationGas> verification_gas_of(ChainClient& client, const PrivateKey& payer, const Message& message) {
  SOTTO_TRY(const Receipt receipt, client.send(payer, message));
  const uint64_t base = std::min(receipt.gas_used, base_gas(message.data));
  return VerificationGas{receipt.gas_used - base, base};
}
Result<VerificationGas> Stage::verification_gas(const claim::ClaimStatement& statement, ByteSpan proof) {
  return verification_gas_of(*client_, sponsor_, {verifier_, verify_calldata(key_data_, proof, statement), 0, 0});
}

Result<Payout> Stage::pay(const PrivateKey& winner, const claim::ClaimStatement& statement, ByteSpan proof) {
  Payout payout;
  SOTTO_TRY(payout.before, client_->balance(winner.address()));
  SOTTO_TRY(const Receipt claimed, prize_->submit(winner, statement, proof));
  payout.tx = claimed.tx;
  payout.total_gas = claimed.gas_used;
  SOTTO_TRY(const Receipt settled, prize_->settle(winner, contest_));
  SOTTO_TRY(const Receipt withdrawn, prize_->withdraw(winner, winner.address()));
  SOTTO_TRY(payout.after, client_->balance(winner.address()));
  SOTTO_TRY(const VerificationGas verification, verification_gas(statement, proof));
  payout.verify_gas = verification.execution;
  return payout;
}

}  // namespace sotto::contest
