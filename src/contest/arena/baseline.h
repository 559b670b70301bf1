// SPDX-License-Identifier: Apache-2.0
// What chance alone scores: the yardstick of a target.
#pragma once
#include "contest/mind/composer.h"

namespace sotto::contest {

struct Baseline {
  uint32_t programs = 0;
  uint32_t best = 0, median = 0;
};

// Scores that many different audible random programs of the agents' own grammar, so that the comparison is fair. Uses all
// threads; the result depends on the seed alone. kInterrupted after Ctrl-C.
Result<Baseline> measure_baseline(const Listener& judge, const sound::SizeClass& size, uint64_t seed, uint32_t programs);

}  // namespace sotto::contest
