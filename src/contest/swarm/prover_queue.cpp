// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/prover_queue.h"

#include <algorithm>
#include <tuple>

namespace sotto::contest {
namespace {

bool before(const ProofJob& a, const ProofJob& b) {
  return std::tuple(b.score, a.slot, a.agent) < std::tuple(a.score, b.slot, b.agent);
}

}  // namespace

void ProverQueue::offer(const ProofJob& job) {
  if (!worth(job) || (running_ && job.score <= running_->score)) return;
  const auto mine =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const ProofJob& w) { return w.agent == job.agent; });
  if (mine != waiting_.end()) {
    if (!before(job, *mine)) return;
    waiting_.erase(mine);
  }
  waiting_.insert(std::upper_bound(waiting_.begin(), waiting_.end(), job, before), job);
}

std::optional<ProofJob> ProverQueue::start() {
  if (running_ || waiting_.empty()) return {};
  running_ = waiting_.front();
  waiting_.erase(waiting_.begin());
  return running_;
}

uint32_t ProverQueue::best() const {
  const uint32_t runs = running_ ? running_->score : 0;
  return waiting_.empty() ? runs : std::max(runs, waiting_.front().score);
}

void ProverQueue::proved() {
  if (running_) (void)raise(running_->score + 1);
  running_.reset();
}

bool ProverQueue::failed() {
  if (!running_) return false;
  ProofJob job = *running_;
  running_.reset();
  if (++job.failures >= kAttempts || !worth(job)) return false;
  offer(job);
  return true;
}

bool ProverQueue::raise(uint32_t least) {
  least_ = std::max(least_, least);
  std::erase_if(waiting_, [&](const ProofJob& w) { return !worth(w); });
  return running_ && !worth(*running_);
}

bool ProverQueue::close() {
  closed_ = true;
  waiting_.clear();
  return running_.has_value();
}

}  // namespace sotto::contest
