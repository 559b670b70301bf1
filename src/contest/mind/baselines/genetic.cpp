// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/baselines/genetic.h"

#include <algorithm>

namespace sotto::contest {

Genome Genetic::ask(Rng& rng) const {
  if (parents_.size() < kParents) return typed_genome(rng);
  const Genome& parent = parents_[rng.below(kParents)].genome;
  if (!rng.chance(kCrossovers)) return vary(parent, rng);
  return crossover(parent, parents_[rng.below(kParents)].genome, rng);
}

void Genetic::learn(const Scored& song) {
  if (parents_.size() < kParents) {
    parents_.push_back(song);
    return;
  }
  children_.push_back(song);
  if (children_.size() < kChildren) return;
  parents_.insert(parents_.end(), children_.begin(), children_.end());
  std::stable_sort(parents_.begin(), parents_.end(), better);
  parents_.resize(kParents);
  children_.clear();
}

}  // namespace sotto::contest
