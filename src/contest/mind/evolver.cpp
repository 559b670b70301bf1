// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/evolver.h"

#include <algorithm>

#include "contest/mind/composer.h"

namespace sotto::contest {

Genome Evolver::ask(Rng& rng) const {
  if (since_start_ < kWarmUp) return typed_genome(rng);
  if (rng.chance(kExplore)) return explore(rng);
  if (steps_left_ > 0 && rng.chance(kClimb))
    return rng.chance(50) ? mutate(foothold_->genome, rng) : tweak(foothold_->genome, rng);
  if (rng.chance(kCrossover)) {
    const Genome& a = parent(rng);
    return crossover(a, parent(rng), rng);
  }
  return vary(parent(rng), rng);
}

Genome Evolver::explore(Rng& rng) const {
  Genome chosen;
  unsigned fewest = 0;
  for (unsigned i = 0; i < kPreviews; ++i) {
    Genome candidate = rng.chance(50) ? typed_genome(rng) : vary(archive_.any(rng).genome, rng);
    const auto program = program_of(candidate, hearing_.size);
    if (!program) continue;
    const Impression heard = listen(sound::render(*program, hearing_.samples));
    if (heard.silent || is_known(heard.fingerprint)) continue;
    if (!chosen.nodes.empty() && archive_.visits(heard) >= fewest) continue;
    fewest = archive_.visits(heard);
    chosen = std::move(candidate);
  }
  return chosen.nodes.empty() ? typed_genome(rng) : chosen;
}

const Genome& Evolver::parent(Rng& rng) const {
  const uint32_t way = rng.below(100);
  if (way < kFromElites) return elites_[rng.below(static_cast<uint32_t>(elites_.size()))].genome;
  return (way < kFromElites + kFromTournament ? archive_.tournament(rng, kTournament) : archive_.any(rng)).genome;
}

void Evolver::learn(const Scored& song) {
  ++since_start_;
  const bool leads = elites_.empty() || better(song, elites_.front());
  since_best_ = leads ? 0 : since_best_ + 1;
  if (leads) newest_.push_back(song);
  if (newest_.size() > kNewest) newest_.erase(newest_.begin());
  climb(song);
  archive_.add(song);
  elites_.insert(std::upper_bound(elites_.begin(), elites_.end(), song, better), song);
  if (elites_.size() > kElites) elites_.pop_back();
  if (since_best_ >= kPatience) restart();
}

// A song that is better than the foothold becomes it and refills the steps. Every song takes a step, wherever it came from: what
// a song was proposed for is not known here.
void Evolver::climb(const Scored& song) {
  if (steps_left_ > 0) {
    --steps_left_;
    if (better(song, *foothold_)) foothold_ = song, steps_left_ = kSteps;
    return;
  }
  const bool near = elites_.size() < kClimbers || better(song, elites_[kClimbers - 1]);
  if (near && since_start_ >= kWarmUp) foothold_ = song, steps_left_ = kSteps;
}

void Evolver::restart() {
  archive_.clear();
  elites_.clear();
  newest_.clear();
  foothold_.reset();
  steps_left_ = 0;
  since_start_ = since_best_ = 0;
  ++restarts_;
}

}  // namespace sotto::contest
