// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/prize.h"

#include <algorithm>

#include "base/keccak.h"
#include "contest/chain/abi.h"
#include "contest/chain/artifact.h"
#include "contest/chain/prize_abi.h"

namespace sotto::contest {
namespace {

constexpr size_t kKeyHead = 128;
constexpr std::string_view kKeyTag = "SOTTO-VK-1";
constexpr size_t kFlagsLastByte = 95;  // word 2, big-endian
constexpr uint8_t kFlagDevelopment = 1;

Result<uint64_t> contest_number(const Bytes32& id) {
  if (std::any_of(id.begin(), id.begin() + 24, [](uint8_t b) { return b != 0; })) {
    return input_error("there is no contest with so large a number");
  }
  uint64_t v = 0;
  for (size_t i = 24; i < 32; i++) v = v << 8 | id[i];
  return v;
}

Bytes with_id(std::string_view signature, uint64_t id) { return AbiWriter(signature).number(id).finish(); }

PrizeTerms read_head(AbiReader& r, ContestView& v) {
  PrizeTerms t;
  t.verifier = r.address();
  t.mode = static_cast<PrizeMode>(r.number(1));
  v.status = static_cast<PrizeStatus>(std::min<uint64_t>(r.number(8), 4));
  t.deadline = r.number(40);
  t.hold = static_cast<uint32_t>(r.number(32));
  t.vk_data = r.address();
  return t;
}

}  // namespace

std::string_view to_string(PrizeMode mode) {
  return mode == PrizeMode::kFirstToTarget ? "first-to-target" : "best-by-deadline";
}

std::string_view to_string(PrizeStatus status) {
  switch (status) {
    case PrizeStatus::kOpen: return "open";
    case PrizeStatus::kWon: return "won";
    case PrizeStatus::kSettled: return "settled";
    case PrizeStatus::kBroken: return "broken";
    case PrizeStatus::kRefunding: return "refunding";
  }
  return "unknown";
}

Result<bool> is_development_key(ByteSpan key) {
  if (key.size() < kKeyHead || !std::equal(kKeyTag.begin(), kKeyTag.end(), key.begin())) {
    return input_error("this is not a verifying key");
  }
  return (key[kFlagsLastByte] & kFlagDevelopment) != 0;
}

Result<Deployment> deploy_verifying_key(ChainClient& chain, const PrivateKey& key, ByteSpan verifying_key) {
  SOTTO_TRY(bool development, is_development_key(verifying_key));
  if (development) SOTTO_TRY_STATUS(chain.require_embedded("this verifying key"));
  SOTTO_TRY(Bytes init_code, data_contract_init_code(verifying_key));
  SOTTO_TRY(Deployment d, chain.deploy(key, init_code));
  SOTTO_TRY(Bytes code, chain.code(d.address));
  if (keccak256(code) != data_contract_hash(verifying_key)) {
    return environment_error("the verifying key on the chain is not the one that was sent");
  }
  return d;
}

Result<PrizeClient> PrizeClient::deploy(ChainClient& chain, const PrivateKey& key, bool allow_development) {
  if (allow_development) SOTTO_TRY_STATUS(chain.require_embedded("a prize contract that takes development judges"));
  SOTTO_TRY(Bytes code, load_creation_code("Prize"));
  Bytes arguments = AbiWriter().boolean(allow_development).finish();
  SOTTO_TRY(Deployment d, chain.deploy(key, code, arguments));
  return attach(chain, d.address);
}

Result<PrizeClient> PrizeClient::attach(ChainClient& chain, const Address& address) {
  SOTTO_TRY(Bytes code, chain.code(address));
  if (code.empty()) {
    return input_error("there is no contract at " + to_hex(address) + " on chain " + std::to_string(chain.chain_id()));
  }
  Result<Bytes> answer = chain.call(address, AbiWriter(prize_abi::kAllowDevelopment).finish());
  Error stranger = input_error("the contract at " + to_hex(address) + " is not a Sotto prize");
  // Only the contract's own answer says that it is a stranger; a dead server does not.
  if (!answer.ok()) return answer.error().kind == ErrorKind::kRejected ? stranger : answer.error();
  AbiReader r(*answer);
  bool development = r.boolean();
  if (!r.status("allowDevelopment").ok()) return stranger;
  return PrizeClient(chain, address, development);
}

Result<Receipt> PrizeClient::send(const PrivateKey& key, Bytes data, Wei value) {
  Message m;
  m.to = address_;
  m.data = std::move(data);
  m.value = value;
  return chain_->send(key, m);
}

Result<Created> PrizeClient::create(const PrivateKey& sponsor, const PrizeTerms& t, Wei prize) {
  SOTTO_TRY(Bytes key_code, chain_->code(t.vk_data));
  if (key_code.empty()) return input_error("there is no verifying key at " + to_hex(t.vk_data));
  SOTTO_TRY(bool development, is_development_key(ByteSpan(key_code).subspan(1)));
  if (development) SOTTO_TRY_STATUS(chain_->require_embedded("this judge's verifying key"));
  AbiWriter w(prize_abi::kCreate);
  w.address(t.verifier).address(t.vk_data).word(t.judge_id).number(static_cast<uint8_t>(t.mode));
  w.number(t.target).number(t.min_increment).number(t.deadline).number(t.refund_gap);
  w.number(t.hold).number(t.soft_close).number(t.max_extension);
  SOTTO_TRY(Receipt receipt, send(sponsor, w.finish(), prize));
  Bytes32 topic = keccak256(prize_abi::kContestCreated);
  for (const Log& log : receipt.logs) {
    if (log.address != address_ || log.topics.size() < 2 || log.topics[0] != topic) continue;
    SOTTO_TRY(uint64_t id, contest_number(log.topics[1]));
    return Created{id, std::move(receipt)};
  }
  return environment_error("the chain's server sent nonsense: a contest was created without its event");
}

Result<Receipt> PrizeClient::fund(const PrivateKey& from, uint64_t id, Wei amount) {
  return send(from, with_id(prize_abi::kFund, id), amount);
}
Result<Receipt> PrizeClient::settle(const PrivateKey& sender, uint64_t id) {
  return send(sender, with_id(prize_abi::kSettle, id));
}
Result<Receipt> PrizeClient::open_refunds(const PrivateKey& sender, uint64_t id) {
  return send(sender, with_id(prize_abi::kOpenRefunds, id));
}
Result<Receipt> PrizeClient::refund(const PrivateKey& sender, uint64_t id, const Address& who) {
  return send(sender, AbiWriter(prize_abi::kRefund).number(id).address(who).finish());
}
Result<Receipt> PrizeClient::withdraw(const PrivateKey& owner, const Address& to) {
  return send(owner, AbiWriter(prize_abi::kWithdraw).address(to).finish());
}

// Everything that a proof binds must be this contest's; the contract's own digest must be ours.
Status PrizeClient::check_statement(const claim::ClaimStatement& s) {
  SOTTO_TRY(uint64_t id, contest_number(s.contest_id));
  SOTTO_TRY(ContestView view, contest(id));
  if (s.chain_id != chain_->chain_id()) {
    return rejected("the proof is for chain " + std::to_string(s.chain_id) + ", not for " +
                    std::to_string(chain_->chain_id()));
  }
  if (s.contract != address_) {
    return rejected("the proof is for the contract " + to_hex(s.contract) + ", not for " + to_hex(address_));
  }
  if (s.judge_id != view.terms.judge_id) return rejected("the proof is for another judge than the contest's");
  if (view.development) SOTTO_TRY_STATUS(chain_->require_embedded("this contest's judge"));
  SOTTO_TRY(Bytes32 theirs, statement(id, s.score, s.song_commitment, s.beneficiary));
  if (theirs != claim::claim_digest(s)) {
    return environment_error("the contract computes another digest for this claim; it is not a Sotto prize");
  }
  return ok_status();
}

Result<Receipt> PrizeClient::submit(const PrivateKey& sender, const claim::ClaimStatement& s, ByteSpan proof) {
  SOTTO_TRY_STATUS(check_statement(s));
  AbiWriter w(prize_abi::kSubmit);
  w.word(s.contest_id).number(s.score).word(s.song_commitment).address(s.beneficiary);
  return send(sender, w.finish_with_bytes(proof));
}

Result<Receipt> PrizeClient::prove_broken(const PrivateKey& sender, const claim::ClaimStatement& s, ByteSpan proof) {
  if (s.beneficiary != sender.address()) {
    return usage_error("the circuit breaker is bound to its sender as beneficiary");
  }
  SOTTO_TRY_STATUS(check_statement(s));
  AbiWriter w(prize_abi::kProveBroken);
  w.word(s.contest_id).number(s.score).word(s.song_commitment);
  return send(sender, w.finish_with_bytes(proof));
}

// The order of IPrize.Contest.
Result<ContestView> PrizeClient::contest(uint64_t id) {
  SOTTO_TRY(Bytes data, chain_->call(address_, with_id(prize_abi::kContest, id)));
  AbiReader r(data);
  ContestView v;
  v.id = id;
  v.terms = read_head(r, v);
  v.pot = r.wei();
  v.beneficiary = r.address();
  v.best = static_cast<uint32_t>(r.number(32));
  v.terms.target = static_cast<uint32_t>(r.number(32));
  v.max_score = static_cast<uint32_t>(r.number(32));
  v.sponsor = r.address();
  v.last_deadline = r.number(40);
  v.terms.refund_gap = static_cast<uint32_t>(r.number(32));
  v.terms.judge_id = r.word();
  v.verifier_codehash = r.word();
  v.judge_file = r.word();
  v.song_commitment = r.word();
  v.payable_from = r.number(40);
  v.terms.soft_close = static_cast<uint32_t>(r.number(32));
  v.terms.max_extension = static_cast<uint32_t>(r.number(32));
  v.terms.min_increment = static_cast<uint32_t>(r.number(32));
  v.development = r.boolean();
  SOTTO_TRY_STATUS(r.status("contest"));
  return v;
}

Result<Wei> PrizeClient::read_amount(std::string_view signature, Bytes call_data) {
  SOTTO_TRY(Bytes data, chain_->call(address_, call_data));
  AbiReader r(data);
  Wei v = r.wei();
  SOTTO_TRY_STATUS(r.status(signature));
  return v;
}

Result<uint64_t> PrizeClient::count() {
  SOTTO_TRY(Wei n, read_amount(prize_abi::kCount, AbiWriter(prize_abi::kCount).finish()));
  return static_cast<uint64_t>(n);
}
Result<Wei> PrizeClient::owed(const Address& who) {
  return read_amount(prize_abi::kOwed, AbiWriter(prize_abi::kOwed).address(who).finish());
}
Result<Wei> PrizeClient::liabilities() {
  return read_amount(prize_abi::kLiabilities, AbiWriter(prize_abi::kLiabilities).finish());
}
Result<Wei> PrizeClient::contribution(uint64_t id, const Address& who) {
  Bytes data = AbiWriter(prize_abi::kContributionOf).number(id).address(who).finish();
  return read_amount(prize_abi::kContributionOf, std::move(data));
}
Result<uint64_t> PrizeClient::commitment_recorded(const Address& owner, const Bytes32& song_commitment) {
  Bytes data = AbiWriter(prize_abi::kCommitmentRecordedAt).address(owner).word(song_commitment).finish();
  SOTTO_TRY(Wei at, read_amount(prize_abi::kCommitmentRecordedAt, std::move(data)));
  return static_cast<uint64_t>(at);
}

Result<Bytes32> PrizeClient::statement(uint64_t id, uint32_t score, const Bytes32& song_commitment,
                                       const Address& beneficiary) {
  AbiWriter w(prize_abi::kStatement);
  w.number(id).number(score).word(song_commitment).address(beneficiary);
  SOTTO_TRY(Bytes data, chain_->call(address_, w.finish()));
  AbiReader r(data);
  Bytes32 digest = r.word();
  SOTTO_TRY_STATUS(r.status("statement"));
  return digest;
}

Result<claim::ClaimStatement> PrizeClient::statement_template(uint64_t id, const Address& beneficiary) {
  SOTTO_TRY(ContestView view, contest(id));
  claim::ClaimStatement s;
  s.chain_id = chain_->chain_id();
  s.contract = address_;
  s.contest_id = word_from_u64(id);
  s.judge_id = view.terms.judge_id;
  s.beneficiary = beneficiary;
  return s;
}

Result<std::vector<Submission>> PrizeClient::submissions(uint64_t id, uint64_t from_block) {
  std::vector<std::optional<Bytes32>> topics = {keccak256(prize_abi::kSubmitted), word_from_u64(id)};
  SOTTO_TRY(std::vector<Log> logs, chain_->logs(address_, topics, from_block));
  std::vector<Submission> out;
  for (const Log& log : logs) {
    if (log.topics.size() != 3) return environment_error("the chain's server sent nonsense: a claim's event");
    Submission s;
    s.contest = id;
    s.beneficiary = AbiReader(log.topics[2]).address();
    AbiReader r(log.data);
    s.score = static_cast<uint32_t>(r.number(32));
    s.song_commitment = r.word();
    s.statement = r.word();
    SOTTO_TRY_STATUS(r.status("a claim's event"));
    s.block = log.block;
    s.tx = log.tx;
    out.push_back(s);
  }
  return out;
}

}  // namespace sotto::contest
