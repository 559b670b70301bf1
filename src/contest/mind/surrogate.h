// SPDX-License-Identifier: Apache-2.0
// What a judge might say of a song, by what it said of songs that sound alike: the mean of the nearest neighbours' scores, the
// nearer the heavier (k nearest neighbours; as a filter before an expensive judgement: Jin, "Surrogate-assisted evolutionary
// computation", Swarm and Evolutionary Computation 1(2), 2011). It knows what it was told and nothing of the judge.
// Integers only: the same history gives the same guesses on every machine.
#pragma once
#include <cstddef>
#include <vector>

#include "contest/mind/sketch.h"

namespace sotto::contest {

class Surrogate {
 public:
  struct Guess {
    uint32_t score = 0;     // 0 when nothing was learned
    uint32_t distance = 0;  // to the nearest neighbour: sum of the differences of the sketches' numbers
  };

  void learn(const Sketch& sketch, uint32_t score);
  Guess guess(const Sketch& sketch) const;

 private:
  static constexpr size_t kRemembered = 2048;  // the latest songs; older ones are forgotten
  static constexpr size_t kNeighbours = 8;
  static constexpr size_t kPadded = 32;        // so that compilers take whole registers

  struct Entry {
    std::array<uint8_t, kPadded> sketch{};
    uint32_t score = 0;
  };
  std::vector<Entry> entries_;
  size_t oldest_ = 0;
};

}  // namespace sotto::contest
