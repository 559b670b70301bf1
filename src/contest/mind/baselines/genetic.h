// SPDX-License-Identifier: Apache-2.0
// Baseline: the (20 + 20) genetic algorithm: 20 children of parents drawn at random, and of parents and children
// together the 20 best live on.
#pragma once
#include <vector>

#include "contest/mind/search.h"

namespace sotto::contest {

class Genetic final : public Search {
 public:
  Genome ask(Rng& rng) const override;

 private:
  static constexpr size_t kParents = 20, kChildren = 20;
  static constexpr uint32_t kCrossovers = 20;  // per cent

  void learn(const Scored& song) override;

  std::vector<Scored> parents_;   // best first once they are complete
  std::vector<Scored> children_;
};

}  // namespace sotto::contest
