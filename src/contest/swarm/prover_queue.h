// SPDX-License-Identifier: Apache-2.0
// One proof at a time, the best claim first. Pure: it starts nothing itself.
//
// A better claim goes ahead of those that wait, never of the one that runs: a proof that is half done is sooner in the block
// than a better one that begins now. Only a running proof that can no longer be paid (somebody else has won, or the best on
// the chain is as good) is stopped.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace sotto::contest {

struct ProofJob {
  uint32_t agent = 0, slot = 0, score = 0;
  unsigned failures = 0;  // of earlier attempts
  bool operator==(const ProofJob&) const = default;
};

class ProverQueue {
 public:
  static constexpr unsigned kAttempts = 3;

  // Only claims that beat everything that was proved or runs can be worth money; of each agent the best one waits.
  void offer(const ProofJob& job);
  // The next job to start: nothing while one runs or none waits.
  std::optional<ProofJob> start();
  const std::optional<ProofJob>& running() const { return running_; }
  size_t waiting() const { return waiting_.size(); }
  // Of those that wait and run.
  uint32_t best() const;

  void proved();          // the running one
  // The running one failed: it goes back to the queue kAttempts times in all. True: it will be tried again.
  bool failed();
  // From now on only scores of at least this are worth a proof. True: the running one is not, stop it.
  bool raise(uint32_t least);
  // Nothing is worth a proof any more. True: stop the running one.
  bool close();
  bool closed() const { return closed_; }

 private:
  bool worth(const ProofJob& job) const { return !closed_ && job.score >= least_; }
  std::vector<ProofJob> waiting_;  // best first; ties: the earlier slot, then the lower agent
  std::optional<ProofJob> running_;
  uint32_t least_ = 0;
  bool closed_ = false;
};

}  // namespace sotto::contest
