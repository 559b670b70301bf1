// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/evolver.h"

#include <algorithm>

#include "contest/mind/composer.h"

namespace sotto::contest {
namespace {

constexpr uint64_t kStartStream = 0x7374617274;  // "start": no stream of proposals

}  // namespace

Genome Evolver::ask(Rng& rng) const {
  if (since_start_ < kWarmUp) return typed_genome(rng);
  return is_exploration(told()) ? explore(rng) : step(rng);
}

// Spread evenly: where the running sum of the shares passes a whole number.
bool Evolver::is_exploration(uint64_t nth_song) {
  const uint64_t share = nth_song < kYouth ? kExplore : kExploreLater;
  return (nth_song + 1) * share / 100 != nth_song * share / 100;
}

Genome Evolver::new_or_varied(Rng& rng) const {
  const uint32_t fresh = told() < kYouth ? kFresh : kFreshLater;
  return rng.chance(fresh) ? typed_genome(rng) : vary(archive_.any(rng).genome, rng);
}

// A part of a song tells roughly of which kind it is; so the few that look rarest are heard to the end, those that are silent or
// known are left out, and the rarest of the rest is proposed.
Genome Evolver::explore(Rng& rng) const {
  struct Candidate {
    Genome genome;
    sound::Program program;
    unsigned visits;
    uint32_t guess;
  };
  const auto rarer = [](const Candidate& a, const Candidate& b) {
    return a.visits != b.visits ? a.visits < b.visits : a.guess > b.guess;
  };
  std::vector<Candidate> candidates;
  for (unsigned i = 0; i < kGlimpsed; ++i) {
    Genome genome = new_or_varied(rng);
    auto program = program_of(genome, hearing_.size);
    if (!program) continue;
    const Glimpse seen = glimpse(*program, hearing_.samples);
    candidates.push_back({std::move(genome), std::move(*program), archive_.visits(seen.kind),
                          surrogate_.guess(seen.sketch).score});
  }
  std::stable_sort(candidates.begin(), candidates.end(), rarer);
  Candidate* chosen = nullptr;
  unsigned heard = 0;
  for (auto c = candidates.begin(); c != candidates.end() && heard < kHeard; ++c) {
    const Impression impression = listen(sound::render(c->program, hearing_.samples));
    if (impression.silent || is_known(impression.fingerprint)) continue;
    ++heard;
    c->visits = archive_.visits(impression.kind);
    if (!chosen || rarer(*c, *chosen)) chosen = &*c;
  }
  return chosen ? std::move(chosen->genome) : new_or_varied(rng);
}

// A climb is under way whenever the warm-up is over.
Genome Evolver::variation(Rng& rng) const {
  const Genome& from = foothold_->genome;
  return rng.chance(kCrossover) ? crossover(from, archive_.tournament(rng, kTournament).genome, rng) : vary(from, rng);
}

// Many variations sound like the song itself: they do not count as candidates, but there is an end to trying.
Genome Evolver::step(Rng& rng) const {
  constexpr unsigned kTries = 4 * kScreened;
  std::optional<Genome> chosen;
  uint64_t best = 0;
  for (unsigned i = 0, screened = 0; i < kTries && screened < kScreened; ++i) {
    Genome candidate = variation(rng);
    const auto program = program_of(candidate, hearing_.size);
    if (!program) continue;
    const Sketch heard = glimpse(*program, hearing_.samples).sketch;
    if (heard == foothold_->impression.sketch) continue;
    ++screened;
    const Surrogate::Guess guess = surrogate_.guess(heard);
    const uint64_t promise = guess.score + uint64_t{guess.distance} * foothold_->score / kOptimism;
    if (chosen && promise <= best) continue;
    best = promise;
    chosen = std::move(candidate);
  }
  return chosen ? std::move(*chosen) : variation(rng);
}

void Evolver::learn(const Scored& song) {
  ++since_start_;
  const bool leads = elites_.empty() || better(song, elites_.front());
  since_best_ = leads ? 0 : since_best_ + 1;
  if (leads) newest_.push_back(song);
  if (newest_.size() > kNewest) newest_.erase(newest_.begin());
  archive_.add(song);
  surrogate_.learn(song.impression.sketch, song.score);
  elites_.insert(std::upper_bound(elites_.begin(), elites_.end(), song, better), song);
  if (elites_.size() > kElites) elites_.pop_back();
  climb(song, is_exploration(told() - 1), leads);
  if (since_best_ >= kPatience) restart();
}

// A higher score becomes the foothold wherever it came from and refills the steps; an equal one, when it was a step of
// the climb, without a refill.
void Evolver::climb(const Scored& song, bool explored, bool leads) {
  if (explored && (!scout_ || better(song, *scout_))) scout_ = song;
  if (foothold_) {
    if (song.score > foothold_->score) {
      foothold_ = song, steps_left_ = leads ? kLeaderSteps : kSteps;
    } else if (!explored) {
      --steps_left_;
      if (!better(*foothold_, song)) foothold_ = song;
    }
  }
  if (since_start_ >= kWarmUp && steps_left_ == 0) start_climb();
}

void Evolver::start_climb() {
  constexpr unsigned kTries = 20;  // then a song is climbed from again
  Rng rng(kStartStream, told(), 0, 0);
  const auto remember = [&](const Scored& song) {
    climbed_.push_back(song.impression.fingerprint);
    if (climbed_.size() > kClimbed) climbed_.erase(climbed_.begin());
  };
  const auto is_climbed = [&](const Scored& song) {
    return std::find(climbed_.begin(), climbed_.end(), song.impression.fingerprint) != climbed_.end();
  };
  if (foothold_) remember(*foothold_);
  if (scout_ && rng.chance(kStartExplored)) {
    foothold_ = scout_;
  } else {
    const Scored* start = &archive_.tournament(rng, kTournament);
    for (unsigned i = 1; i < kTries && is_climbed(*start); ++i) start = &archive_.tournament(rng, kTournament);
    foothold_ = *start;
  }
  remember(*foothold_);
  scout_.reset();
  steps_left_ = kSteps;
}

void Evolver::restart() {
  archive_.clear();
  elites_.clear();
  newest_.clear();
  foothold_.reset();
  scout_.reset();
  climbed_.clear();
  steps_left_ = 0;
  since_start_ = since_best_ = 0;
  ++restarts_;
}

}  // namespace sotto::contest
