// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/proving.h"

#include <utility>

namespace sotto::contest {
namespace {

constexpr uint32_t kTellEvery = 100;  // thousandths between two progress events

}  // namespace

Proving::Proving(ProvingOptions options) : options_(std::move(options)) {
  if (options_.port) {
    claimer_ = std::make_unique<Claimer>(std::move(options_.port), options_.timing);
    judge_contest();
  } else {
    decision_ = {false, options_.target.value_or(0), true};
    (void)queue_.raise(decision_.least);
  }
}

void Proving::tell(const char* state, const ProofJob& job, const std::string& detail, uint32_t permille) const {
  options_.tell(ProverEvent{state, job.agent, job.slot, job.score, detail, permille});
}

void Proving::offer(const Offer& offer) {
  if (end_ != End::kNo || offer.score < decision_.least || offer.score == 0) return;
  const uint32_t before = queue_.best();
  const ProofJob job{offer.agent, offer.slot, offer.score};
  queue_.offer(job);
  if (offer.score > before && queue_.best() == offer.score) tell("queued", job);
  pump();
}

// The team lets one machine prove at a time. It keeps its turn until the claim is decided.
bool Proving::admitted() {
  if (!options_.may_start || admitted_) return true;
  if (queue_.running() || queue_.waiting() == 0) return false;
  return admitted_ = options_.may_start(queue_.best());
}

void Proving::give_way(bool claimed) {
  if (std::exchange(admitted_, false)) options_.ended(claimed);
}

// Without a contest one proof is enough.
bool Proving::team_has_it() const {
  return !claimer_ && options_.team_claimed && options_.target && options_.team_claimed() >= *options_.target;
}

void Proving::pump() {
  if (end_ == End::kNo && !busy() && team_has_it()) end_ = End::kElsewhere;
  if (end_ != End::kNo || !decision_.prove_now || !admitted()) return;
  if (const auto job = queue_.start()) {
    if (options_.order(job->agent, {job->slot, options_.claim, options_.setup})) {
      stopping_ = false;
      prover_ = job->agent;
      stage_.clear();
      permille_ = told_permille_ = 0;
      return tell("started", *job);
    }
    // The agent is being started again. The next slot tries it once more.
    if (!queue_.failed()) tell("failed", *job, "the agent is not there");
  }
  if (!prover_ && !busy()) give_way(false);
}

void Proving::progress(uint32_t, const AgentProgress& progress) {
  stage_ = progress.stage;
  permille_ = progress.permille;
  if (!queue_.running() || permille_ < told_permille_ + kTellEvery) return;
  told_permille_ = permille_;
  tell("progress", *queue_.running(), stage_, permille_);
}

void Proving::proof(uint32_t agent, const AgentProof& proof) {
  if (!queue_.running()) return;
  const ProofJob job = *queue_.running();
  queue_.proved();
  prover_.reset();
  proof_seconds_ = proof.milliseconds / 1000.0;
  tell("done", job, std::to_string(proof.proof.size()) + " bytes in " + std::to_string(proof.milliseconds) + " ms, " +
                        std::to_string((proof.peak_kib + 1023) / 1024) + " MiB");
  winner_ = agent;
  score_ = proof.statement.score;
  slot_ = job.slot;
  if (const Status kept = options_.keep_proof ? options_.keep_proof(proof) : ok_status(); !kept.ok())
    failure_ = kept.error();
  if (claimer_) {
    claim(proof);
  } else {
    give_way(true);
    end_ = End::kProved;
  }
}

void Proving::claim(const AgentProof& proof) {
  options_.tell(ClaimEvent{"sent", winner_.value_or(0), proof.statement.score, {}, {}});
  claimer_->submit(proof.statement, proof.proof);
}

void Proving::no_proof(uint32_t, const Error& error) {
  if (!queue_.running()) return;
  const ProofJob job = *queue_.running();
  const bool stopped = stopping_;
  prover_.reset();
  stopping_ = false;
  const bool again = queue_.failed();
  tell(stopped ? "stopped" : "failed", job, stopped ? "no claim of this score can win any more" : error.message);
  // Without a contest there is nothing else to wait for.
  give_way(false);
  if (!again && !stopped && !claimer_ && queue_.waiting() == 0)
    failure_ = Error{error.kind, "the winner's proof failed: " + error.message};
  pump();
}

// What the chain says now may make the running proof worthless, close the contest, or make it time to prove.
void Proving::judge_contest() {
  decision_ = decide_claim(options_.contest, proof_seconds_);
  const bool stop = decision_.closed ? queue_.close() : queue_.raise(decision_.least);
  if (stop && prover_ && !stopping_) {
    stopping_ = true;
    options_.stop(*prover_);
  }
  if (decision_.closed && !claimer_->busy()) end_ = options_.contest.ours ? End::kClaimed : End::kLost;
  pump();
}

void Proving::hear_chain() {
  for (const ClaimNews& news : claimer_->take_news()) {
    const uint32_t who = winner_.value_or(0);
    switch (news.kind) {
      case ClaimNews::Kind::kSeen:
        options_.contest = news.contest;
        trouble_.clear();
        judge_contest();
        break;
      case ClaimNews::Kind::kAccepted:
        options_.tell(ClaimEvent{"accepted", who, news.score, news.tx, {}});
        give_way(true);
        if (options_.contest.mode == PrizeMode::kFirstToTarget) end_ = End::kClaimed;
        break;
      case ClaimNews::Kind::kRefused:
        options_.tell(ClaimEvent{"refused", who, news.score, {}, news.detail});
        give_way(false);
        break;
      case ClaimNews::Kind::kSettled: options_.tell(ClaimEvent{"settled", who, news.score, news.tx, {}}); break;
      case ClaimNews::Kind::kTrouble:
        if (trouble_ != news.detail) options_.tell(ClaimEvent{"trouble", who, news.score, {}, news.detail});
        trouble_ = news.detail;
        break;
    }
  }
}

std::string Proving::line() const {
  if (!trouble_.empty()) return "chain: " + trouble_;
  if (claimer_ && claimer_->busy()) return "claiming";
  if (prover_)
    return "agent " + std::to_string(*prover_) + " proves, " + std::to_string(permille_ / 10) + " %" +
           (stage_.empty() ? "" : ", " + stage_) +
           (queue_.waiting() ? ", " + std::to_string(queue_.waiting()) + " wait" : "");
  if (queue_.waiting())
    return std::to_string(queue_.waiting()) + " songs wait for the last minutes before the deadline";
  return claimer_ ? "no song is worth a claim yet" : "";
}

}  // namespace sotto::contest
