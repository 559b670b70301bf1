// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/evolver.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "contest/mind/composer.h"
#include "judge/net/random_network.h"

namespace sotto::contest {
namespace {

const sound::SizeClass kSize = sound::kSizeClasses[1];

const Listener& toy_judge() {
  static const Listener judge(judge::random_network({16, 8, 8000, 8, 16, 8, {6, 4}}, 5));
  return judge;
}

// Judges songs until `songs` are told; `told` receives them.
void evolve(Evolver& evolver, uint64_t seed, unsigned songs, std::vector<Scored>* told = nullptr, const Listener& judge = toy_judge()) {
  const uint64_t until = evolver.told() + songs;
  for (uint64_t attempt = 0; evolver.told() < until && attempt < 100 * songs; ++attempt) {
    Rng rng(seed, 0, evolver.told(), attempt);
    const auto song = compose(evolver.ask(rng), judge, kSize, [&](uint64_t f) { return evolver.is_known(f); });
    if (!song) continue;
    evolver.tell(song->scored);
    if (told) told->push_back(song->scored);
  }
}

TEST(Evolver, RetoldHistoryGoesOnIdentically) {
  Evolver first, second;
  std::vector<Scored> history, a, b;
  evolve(first, 3, 700, &history);  // long enough for climbs and a restart
  for (const Scored& s : history) second.tell(s);
  EXPECT_EQ(first.restarts(), second.restarts());
  evolve(first, 3, 60, &a);
  evolve(second, 3, 60, &b);
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].genome, b[i].genome);
}

TEST(Evolver, NoSongIsJudgedTwice) {
  Evolver evolver;
  std::vector<Scored> history;
  evolve(evolver, 4, 400, &history);
  std::vector<uint64_t> prints;
  for (const Scored& s : history) prints.push_back(s.impression.fingerprint);
  std::sort(prints.begin(), prints.end());
  EXPECT_EQ(std::adjacent_find(prints.begin(), prints.end()), prints.end());
}

// With the shipped judge: what the demo promises.
TEST(Evolver, BeatsChanceAtTheSamePrice) {
  auto net = judge::read_judge(SOTTO_SOURCE_DIR "/judges/ear-20k.judge");
  ASSERT_TRUE(net.ok()) << net.error().message;
  const Listener ear(std::move(*net));
  constexpr unsigned kSongs = 250;
  uint64_t evolved = 0, chance = 0;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Evolver evolver;
    std::vector<Scored> history;
    evolve(evolver, seed, kSongs, &history, ear);
    uint32_t best = 0, lucky = 0;
    for (const Scored& s : history) best = std::max(best, s.score);
    for (uint64_t i = 0, n = 0; n < kSongs; ++i) {
      Rng rng(seed, 1, i, 0);
      const auto song = compose(random_genome(rng), ear, kSize, [](uint64_t) { return false; });
      if (song) ++n, lucky = std::max(lucky, song->scored.score);
    }
    evolved += best;
    chance += lucky;
  }
  EXPECT_GT(evolved, chance + 300);  // a whole point each
}

}  // namespace
}  // namespace sotto::contest
