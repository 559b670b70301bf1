// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/baseline.h"

#include <algorithm>

#include "base/parallel.h"
#include "contest/swarm/interrupt.h"

namespace sotto::contest {
namespace {

constexpr uint64_t kNobody = UINT64_MAX;  // an agent number that no agent has: the streams of chance are its own

uint32_t score_of_chance(const Listener& judge, const sound::SizeClass& size, uint64_t seed, uint64_t number) {
  for (uint64_t attempt = 0;; ++attempt) {
    Rng rng(seed, kNobody, number, attempt);
    const auto song = compose(random_genome(rng), judge, size, [](uint64_t) { return false; });
    if (song || interrupted()) return song ? song->scored.score : 0;
  }
}

}  // namespace

Result<Baseline> measure_baseline(const Listener& judge, const sound::SizeClass& size, uint64_t seed, uint32_t programs) {
  if (programs == 0) return Baseline{};
  std::vector<uint32_t> scores(programs);
  parallel_for(programs, [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end && !interrupted(); ++i) scores[i] = score_of_chance(judge, size, seed, i);
  });
  if (interrupted()) return interrupted_error();
  std::sort(scores.begin(), scores.end());
  return Baseline{programs, scores.back(), scores[scores.size() / 2]};
}

}  // namespace sotto::contest
