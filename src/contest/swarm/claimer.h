// SPDX-License-Identifier: Apache-2.0
// The one who talks to the chain: looks at the contest from time to time and sends claims. On a thread of its own, because a
// receipt may take minutes and no slot waits for it. Used by one thread (the supervisor's).
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contest/swarm/claim_policy.h"
#include "contest/swarm/wire.h"

namespace sotto::contest {

// What the claimer needs of a chain; all calls come from its thread.
class ClaimPort {
 public:
  virtual ~ClaimPort() = default;
  virtual Result<ContestNow> look() = 0;
  // The transaction; kRejected when the contract will never take this claim.
  virtual Result<std::string> submit(const claim::ClaimStatement& statement, ByteSpan proof) = 0;
  // After a victory, be it by target or by deadline: gives the pot to the winner's account if that is ours and the contract allows
  // it now; the transaction, or nothing.
  virtual Result<std::optional<std::string>> settle() = 0;
};

// A contest on an EVM chain. `key` pays for gas. Fails when the contract's judge is not the one whose digest is given, or when
// the setup is a development one and the chain is not our embedded one.
struct ChainContest {
  std::vector<std::string> rpc_urls;
  uint64_t chain_id = 0;            // 0: whatever the server says
  Address contract{};
  uint64_t id = 0;
  Address beneficiary{};
  Bytes32 judge{};                  // judge::judge_digest
  bool development_setup = true;
};
struct OpenContest {
  std::unique_ptr<ClaimPort> port;
  ContestNow now;
  claim::Target target;
};
Result<OpenContest> open_contest(const ChainContest& contest, PrivateKey key);

struct ClaimNews {
  enum class Kind { kSeen, kAccepted, kRefused, kTrouble, kSettled } kind = Kind::kSeen;
  ContestNow contest;               // kSeen
  uint32_t score = 0;               // of the claim
  std::string tx, detail;           // kTrouble: it is tried again
};

class Claimer {
 public:
  struct Timing {
    std::chrono::milliseconds look{5000};   // from one look at the contest to the next
    std::chrono::milliseconds retry{2000};  // after trouble with the network
  };
  Claimer(std::unique_ptr<ClaimPort> port, Timing timing);
  explicit Claimer(std::unique_ptr<ClaimPort> port) : Claimer(std::move(port), Timing()) {}
  ~Claimer();                       // waits for a transaction that is on its way
  Claimer(const Claimer&) = delete;
  Claimer& operator=(const Claimer&) = delete;

  void submit(const claim::ClaimStatement& statement, Bytes proof);
  std::vector<ClaimNews> take_news();
  int wake_fd() const;              // readable while there are news
  bool busy() const;                // a claim is on its way

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace sotto::contest
