// SPDX-License-Identifier: Apache-2.0
// For tests: a small quick judge, and a search that runs with it.
#pragma once
#include <vector>

#include "contest/mind/composer.h"
#include "judge/net/random_network.h"

namespace sotto::contest {

inline constexpr sound::SizeClass kToySize = sound::kSizeClasses[1];
inline constexpr Hearing kToyHearing{kToySize, 4000};

inline const Listener& toy_judge() {
  static const Listener judge(judge::random_network({16, 8, kToyHearing.samples, 8, 16, 8, {6, 4}}, 5));
  return judge;
}

// Tells the search so many songs more; `history` receives them.
inline void run_search(Search& search, uint64_t seed, uint64_t songs, std::vector<Scored>* history = nullptr,
                       const Listener& judge = toy_judge()) {
  const uint64_t until = search.told() + songs;
  for (uint64_t attempt = 0; search.told() < until && attempt < 200 * songs; ++attempt) {
    Rng rng(seed, 0, search.told(), attempt);
    const auto song = compose(search.ask(rng), judge, kToySize, [&](uint64_t f) { return search.is_known(f); });
    if (!song) continue;
    search.tell(song->scored);
    if (history) history->push_back(song->scored);
  }
}

}  // namespace sotto::contest
