// SPDX-License-Identifier: Apache-2.0
// contracts/src/Prize.sol seen from C++: every function of it, and its state as plain structs.
#pragma once
#include "claim/statement/eip712.h"
#include "contest/chain/client.h"

namespace sotto::contest {

enum class PrizeMode : uint8_t { kFirstToTarget = 0, kBestByDeadline = 1 };
enum class PrizeStatus : uint8_t { kOpen = 0, kWon = 1, kSettled = 2, kBroken = 3, kRefunding = 4 };
std::string_view to_string(PrizeMode mode);      // "first-to-target", "best-by-deadline"
std::string_view to_string(PrizeStatus status);  // "open", "won", "settled", "broken", "refunding"

// What a sponsor fixes; nothing of it can be changed later (IPrize.Terms).
struct PrizeTerms {
  Address verifier{};
  Address vk_data{};
  Bytes32 judge_id{};             // EXTCODEHASH of vk_data; a mismatch is refused
  PrizeMode mode = PrizeMode::kFirstToTarget;
  uint32_t target = 0;
  uint32_t min_increment = 1;     // best-by-deadline: a new best is at least so much higher
  uint64_t deadline = 0;          // Unix seconds
  uint32_t refund_gap = 48 * 3600;  // seconds from the deadline until refunds can be opened
  uint32_t hold = 0;              // seconds between victory and payment, for the circuit breaker
  uint32_t soft_close = 0;        // a best in the last so many seconds moves the deadline,
  uint32_t max_extension = 0;     // in total by at most this
};

struct ContestView {
  uint64_t id = 0;
  PrizeTerms terms;               // deadline: as it is now, extensions included
  Address sponsor{};
  PrizeStatus status = PrizeStatus::kOpen;
  Wei pot = 0;
  uint32_t max_score = 0;         // no honest proof exceeds it
  bool development = false;       // judge made with a development setup
  Bytes32 judge_file{};           // hash of the judge file
  Bytes32 verifier_codehash{};
  uint64_t last_deadline = 0;     // extensions end here
  uint64_t payable_from = 0;      // 0 while nobody has won
  Address beneficiary{};          // leader or winner; zero: none
  uint32_t best = 0;
  Bytes32 song_commitment{};
};

struct Created {
  uint64_t id = 0;
  Receipt receipt;
};

struct Submission {
  uint64_t contest = 0;
  Address beneficiary{};
  uint32_t score = 0;
  Bytes32 song_commitment{};
  Bytes32 statement{};
  uint64_t block = 0;
  Bytes32 tx{};
};

// Puts a verifying key on the chain as a data contract and reads it back; its code hash is the judge's id. Keys of a
// development setup only on the embedded chain.
Result<Deployment> deploy_verifying_key(ChainClient& chain, const PrivateKey& key, ByteSpan verifying_key);
// The mark in a verifying key's head; kInput if these bytes are no verifying key.
Result<bool> is_development_key(ByteSpan verifying_key);

// Borrows the chain client; same thread.
class PrizeClient {
 public:
  // allow_development only on the embedded chain.
  static Result<PrizeClient> deploy(ChainClient& chain, const PrivateKey& key, bool allow_development);
  // Checks that a Sotto Prize is there.
  static Result<PrizeClient> attach(ChainClient& chain, const Address& address);

  const Address& address() const { return address_; }
  bool allows_development() const { return allow_development_; }

  Result<Created> create(const PrivateKey& sponsor, const PrizeTerms& terms, Wei prize);
  Result<Receipt> fund(const PrivateKey& from, uint64_t id, Wei amount);
  // The digest is computed here and compared with the contract's; contests with development judges are refused off the
  // embedded chain. The statement's chain, contract, contest and judge must be this contest's.
  Result<Receipt> submit(const PrivateKey& sender, const claim::ClaimStatement& statement, ByteSpan proof);
  Result<Receipt> prove_broken(const PrivateKey& sender, const claim::ClaimStatement& statement, ByteSpan proof);
  Result<Receipt> settle(const PrivateKey& sender, uint64_t id);
  Result<Receipt> open_refunds(const PrivateKey& sender, uint64_t id);
  Result<Receipt> refund(const PrivateKey& sender, uint64_t id, const Address& who);
  Result<Receipt> withdraw(const PrivateKey& owner, const Address& to);

  Result<ContestView> contest(uint64_t id);
  Result<uint64_t> count();
  Result<Wei> owed(const Address& who);
  Result<Wei> liabilities();  // all pots and balances together
  Result<Wei> contribution(uint64_t id, const Address& who);
  // Unix seconds of the block that recorded this commitment for this owner; 0: never.
  Result<uint64_t> commitment_recorded(const Address& owner, const Bytes32& song_commitment);
  Result<Bytes32> statement(uint64_t id, uint32_t score, const Bytes32& song_commitment, const Address& beneficiary);
  // Accepted claims of a contest in the order of the chain.
  Result<std::vector<Submission>> submissions(uint64_t id, uint64_t from_block = 0);
  // What a prover must bind: fills chain id, contract, contest id and judge id.
  Result<claim::ClaimStatement> statement_template(uint64_t id, const Address& beneficiary);

 private:
  PrizeClient(ChainClient& chain, const Address& address, bool dev)
      : chain_(&chain), address_(address), allow_development_(dev) {}
  Status check_statement(const claim::ClaimStatement& statement);
  Result<Receipt> send(const PrivateKey& key, Bytes data, Wei value = 0);
  Result<Wei> read_amount(std::string_view signature, Bytes call_data);

  ChainClient* chain_;
  Address address_;
  bool allow_development_;
};

}  // namespace sotto::contest
