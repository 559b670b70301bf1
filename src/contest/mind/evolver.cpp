// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/evolver.h"

#include <algorithm>

#include "contest/mind/composer.h"

namespace sotto::contest {

Genome Evolver::ask(Rng& rng) const {
  if (since_start_ < kWarmUp) return typed_genome(rng);
  return rng.chance(kExplore) ? explore(rng) : exploit(rng);
}

template <class Next, class Worth>
Genome Evolver::best_heard(unsigned candidates, Next next, Worth worth) const {
  std::optional<Genome> chosen;
  uint64_t highest = 0;
  for (unsigned i = 0; i < candidates; ++i) {
    Genome candidate = next();
    const auto program = program_of(candidate, hearing_.size);
    if (!program) continue;
    const Impression heard = listen(sound::render(*program, hearing_.samples));
    if (heard.silent || is_known(heard.fingerprint)) continue;
    const uint64_t value = worth(heard);
    if (chosen && value <= highest) continue;
    highest = value;
    chosen = std::move(candidate);
  }
  return chosen ? *chosen : next();
}

Genome Evolver::explore(Rng& rng) const {
  const auto next = [&] { return rng.chance(kFresh) ? typed_genome(rng) : vary(archive_.any(rng).genome, rng); };
  return best_heard(kExplored, next, [&](const Impression& heard) { return ~uint64_t{archive_.visits(heard)}; });
}

// A kind that is new may be as good as the last of the best.
Genome Evolver::exploit(Rng& rng) const {
  const uint32_t hope = elites_.back().score;
  return best_heard(
      kExploited, [&] { return bred(rng); },
      [&](const Impression& heard) { return archive_.expected_score(heard, hope); });
}

Genome Evolver::bred(Rng& rng) const {
  if (steps_left_ > 0 && rng.chance(kClimb))
    return rng.chance(50) ? mutate(foothold_->genome, rng) : tweak(foothold_->genome, rng);
  if (rng.chance(kCrossover)) {
    const Genome& a = parent(rng);
    return crossover(a, parent(rng), rng);
  }
  return vary(parent(rng), rng);
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

// A song that is better than the foothold becomes it and refills the steps. Every song takes a step, wherever it came
// from: what a song was proposed for is not known here.
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
