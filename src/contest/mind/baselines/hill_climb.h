// SPDX-License-Identifier: Apache-2.0
// Baseline: one song, varied step by step; what is not worse takes its place. After many steps without a gain it
// starts anew from chance.
#pragma once
#include <optional>

#include "contest/mind/search.h"

namespace sotto::contest {

class HillClimb final : public Search {
 public:
  Genome ask(Rng& rng) const override { return foot_ ? vary(foot_->genome, rng) : typed_genome(rng); }

 private:
  static constexpr unsigned kPatience = 150;  // design note swarm.md, section 3.3

  void learn(const Scored& song) override {
    since_gain_ = !foot_ || better(song, *foot_) ? 0 : since_gain_ + 1;
    if (!foot_ || !better(*foot_, song)) foot_ = song;
    if (since_gain_ >= kPatience) foot_.reset();
  }

  std::optional<Scored> foot_;
  unsigned since_gain_ = 0;
};

}  // namespace sotto::contest
