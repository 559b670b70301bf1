// SPDX-License-Identifier: Apache-2.0
// The search of one agent: an 8 x 8 archive by brightness and motion (MAP-Elites), pulled towards its best by tournaments, with
// a short hill climb on the constants of whatever comes near the best, and restarts when it stagnates.
//
// The state is a function of what was told, in order: an agent that tells its stored history again goes on exactly where it
// was. Random numbers come from the caller.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "contest/mind/search.h"

namespace sotto::contest {

class Evolver final : public Search {
 public:
  Genome ask(Rng& rng) const override;
  unsigned restarts() const { return restarts_; }

 private:
  static constexpr unsigned kSide = 8;
  static constexpr unsigned kWarmUp = 32;       // random songs before anything is bred
  static constexpr unsigned kElites = 20;
  static constexpr unsigned kHillSteps = 8;
  static constexpr unsigned kPatience = 500;    // songs without a new best until a restart

  void learn(const Scored& song) override;
  const Genome& parent(Rng& rng) const;
  void archive(const Scored& song);
  void climb(const Scored& song);
  void restart();

  std::optional<Scored> cells_[kSide * kSide];
  std::vector<unsigned> occupied_;              // cells in the order of their discovery
  std::vector<Scored> elites_;                  // best first
  std::optional<Scored> hill_;
  unsigned hill_left_ = 0;
  unsigned since_start_ = 0, since_best_ = 0, restarts_ = 0;
};

}  // namespace sotto::contest
