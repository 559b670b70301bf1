// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/evolver.h"

#include <algorithm>

namespace sotto::contest {

// Half tournaments among all cells, a third any cell, the rest the list of the best (design note swarm.md, section 3.4).
const Genome& Evolver::parent(Rng& rng) const {
  const auto any_cell = [&]() -> const Scored& { return *cells_[occupied_[rng.below(static_cast<uint32_t>(occupied_.size()))]]; };
  const uint32_t way = rng.below(100);
  if (way < 15) return elites_[rng.below(static_cast<uint32_t>(elites_.size()))].genome;
  const Scored* chosen = &any_cell();
  for (unsigned i = 1; way < 65 && i < 8; ++i) {
    const Scored& other = any_cell();
    if (better(other, *chosen)) chosen = &other;
  }
  return chosen->genome;
}

Genome Evolver::ask(Rng& rng) const {
  if (since_start_ < kWarmUp || occupied_.empty()) return random_genome(rng);
  if (hill_left_ > 0) return tweak(hill_->genome, rng);
  const uint32_t way = rng.below(100);
  if (way < 4) return random_genome(rng);
  if (way < 20) {
    const Genome& a = parent(rng);
    return crossover(a, parent(rng), rng);
  }
  return vary(parent(rng), rng);
}

void Evolver::learn(const Scored& song) {
  ++since_start_;
  const bool leads = elites_.empty() || better(song, elites_.front());
  since_best_ = leads ? 0 : since_best_ + 1;
  climb(song);
  archive(song);
  if (since_best_ >= kPatience) restart();
}

// A child within 7 % of the best starts a climb; a step that gains moves its foot and refills the steps.
void Evolver::climb(const Scored& song) {
  if (hill_left_ > 0) {
    --hill_left_;
    if (better(song, *hill_)) hill_ = song, hill_left_ = kHillSteps;
    return;
  }
  const bool near = !elites_.empty() && since_start_ > kWarmUp && uint64_t{song.score} * 100 >= uint64_t{elites_.front().score} * 93;
  const unsigned cell = song.impression.brightness * kSide + song.impression.motion;
  const bool improves = !cells_[cell] || better(song, *cells_[cell]);
  if (near && improves) hill_ = song, hill_left_ = kHillSteps;
}

void Evolver::archive(const Scored& song) {
  const unsigned cell = song.impression.brightness * kSide + song.impression.motion;
  if (!cells_[cell]) occupied_.push_back(cell);
  if (!cells_[cell] || better(song, *cells_[cell])) cells_[cell] = song;
  const auto place = std::upper_bound(elites_.begin(), elites_.end(), song, better);
  elites_.insert(place, song);
  if (elites_.size() > kElites) elites_.pop_back();
}

// A fresh population; what was heard stays known, so the same ground is not judged twice.
void Evolver::restart() {
  for (const unsigned cell : occupied_) cells_[cell].reset();
  occupied_.clear();
  elites_.clear();
  hill_.reset();
  hill_left_ = 0;
  since_start_ = since_best_ = 0;
  ++restarts_;
}

}  // namespace sotto::contest
