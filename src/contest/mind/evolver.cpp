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

// The candidate of the least visited kind, the first of equals, among those that are audible and unknown.
Genome Evolver::explore(Rng& rng) const {
  const auto next = [&] { return rng.chance(kFresh) ? typed_genome(rng) : vary(archive_.any(rng).genome, rng); };
  std::optional<Genome> chosen;
  unsigned fewest = 0;
  for (unsigned i = 0; i < kExplored; ++i) {
    Genome candidate = next();
    const auto program = program_of(candidate, hearing_.size);
    if (!program) continue;
    const Impression heard = listen(sound::render(*program, hearing_.samples));
    if (heard.silent || is_known(heard.fingerprint)) continue;
    const unsigned visits = archive_.visits(heard);
    if (chosen && visits >= fewest) continue;
    fewest = visits;
    chosen = std::move(candidate);
  }
  return chosen ? *chosen : next();
}

// A climb is under way whenever the warm-up is over.
Genome Evolver::step(Rng& rng) const {
  const Genome& from = foothold_->genome;
  return rng.chance(kCrossover) ? crossover(from, archive_.tournament(rng, kTournament).genome, rng) : vary(from, rng);
}

void Evolver::learn(const Scored& song) {
  ++since_start_;
  const bool leads = elites_.empty() || better(song, elites_.front());
  since_best_ = leads ? 0 : since_best_ + 1;
  if (leads) newest_.push_back(song);
  if (newest_.size() > kNewest) newest_.erase(newest_.begin());
  archive_.add(song);
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
