// SPDX-License-Identifier: Apache-2.0
// The agents' own search against a judge, alone and without slots: how high can a song be driven?
#pragma once
#include <functional>
#include <vector>

#include "contest/mind/composer.h"

namespace sotto::contest {

struct Attack;

struct AttackOptions {
  uint64_t seed = 1;
  uint64_t evaluations = 10'000;   // songs that the judge hears
  size_t keep = 10;                // best songs kept
  std::function<bool()> stop = [] { return false; };                       // asked before every song
  std::function<void(uint64_t done, uint32_t best)> progress = [](uint64_t, uint32_t) {};  // now and then
  std::function<void(const Attack& so_far)> point = [](const Attack&) {};  // after every point of the curve
};

struct AttackPoint {
  uint64_t evaluations = 0;
  uint32_t best = 0;               // the highest score so far
};

struct Attack {
  std::vector<AttackPoint> curve;  // at 10, 100, 1,000 ... and at the end
  std::vector<Song> best;          // by better(), all of them different audio
};

// Deterministic in the options and the judge. A stopped attack ends its curve where it was stopped.
Attack attack(const AttackOptions& options, const Listener& judge, const sound::SizeClass& size);

}  // namespace sotto::contest
