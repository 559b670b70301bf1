// SPDX-License-Identifier: Apache-2.0
// From scores to claims: which song is proved when, and what becomes of the proof. Between the prover queue, the contest on the
// chain, and the agents' orders.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "contest/swarm/claimer.h"
#include "contest/swarm/events.h"
#include "contest/swarm/prover_queue.h"
#include "contest/swarm/swarm.h"

namespace sotto::contest {

struct ProvingOptions {
  std::optional<uint32_t> target;       // without a contest
  claim::Target claim;
  std::string setup;
  std::function<Status(const AgentProof&)> keep_proof;
  std::unique_ptr<ClaimPort> port;      // with a contest
  ContestNow contest;
  Claimer::Timing timing{};
  std::function<void(const Event&)> tell;
  // The swarm's side.
  std::function<bool(uint32_t agent, const ProveOrder&)> order;
  std::function<void(uint32_t agent)> stop;
  // A team on several machines: may this one prove a claim of this score now (asked until yes)? After a yes: how it ended.
  std::function<bool(uint32_t score)> may_start{};
  std::function<void(bool claimed)> ended{};
  std::function<uint32_t()> team_claimed{};  // the highest score that a node of the team has proved; 0: none
};

class Proving {
 public:
  explicit Proving(ProvingOptions options);

  void offer(const Offer& offer);       // a song that somebody has
  void progress(uint32_t agent, const AgentProgress& progress);
  void proof(uint32_t agent, const AgentProof& proof);
  void no_proof(uint32_t agent, const Error& error);
  void claim(const AgentProof& proof);  // that was made before

  int wake_fd() const { return claimer_ ? claimer_->wake_fd() : -1; }
  void hear_chain();                    // when wake_fd() is readable
  void ask_again() { pump(); }          // what the team or the swarm answers may be something else now

  bool busy() const { return prover_ || (claimer_ && claimer_->busy()); }
  // It is over: the prize is ours, or somebody else's, or, without a contest, the proof is there, here or at another node.
  enum class End { kNo, kProved, kClaimed, kLost, kElsewhere };
  End end() const { return end_; }
  std::optional<uint32_t> winner() const { return winner_; }
  uint32_t score() const { return score_; }
  uint32_t slot() const { return slot_; }
  const std::optional<Error>& failure() const { return failure_; }  // the proof could not be kept, or never came
  std::string line() const;             // for the board

 private:
  void pump();
  bool admitted();
  bool team_has_it() const;
  void give_way(bool claimed);
  void judge_contest();
  void tell(const char* state, const ProofJob& job, const std::string& detail = {}, uint32_t permille = 0) const;

  ProvingOptions options_;
  ClaimDecision decision_;
  ProverQueue queue_;
  std::unique_ptr<Claimer> claimer_;
  double proof_seconds_ = 60;           // of the last one; a guess before the first
  bool admitted_ = false;               // may_start said yes, and nothing has ended yet
  bool stopping_ = false;               // the running proof has been told to stop
  uint32_t told_permille_ = 0;
  std::string stage_, trouble_;
  uint32_t permille_ = 0;
  std::optional<uint32_t> prover_, winner_;
  uint32_t score_ = 0, slot_ = 0;       // of the winner
  End end_ = End::kNo;
  std::optional<Error> failure_;
};

}  // namespace sotto::contest
