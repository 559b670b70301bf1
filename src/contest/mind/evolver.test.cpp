// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/evolver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "contest/mind/testing.h"

namespace sotto::contest {
namespace {

// Songs that nobody composed, for properties that do not need a judge. Equal scores and equal kinds of sound are
// frequent.
Scored made_up(Rng& rng) {
  Scored song;
  song.genome = random_genome(rng);
  song.score = rng.below(50);
  song.instructions = rng.between(1, 31);
  song.impression = {rng.next(), false, static_cast<uint8_t>(rng.below(8)), static_cast<uint8_t>(rng.below(8)),
                     static_cast<uint8_t>(rng.below(kKinds))};
  for (uint8_t& number : song.impression.sketch) number = static_cast<uint8_t>(rng.below(256));
  return song;
}

bool equal(const Scored& a, const Scored& b) {
  return a.genome == b.genome && a.score == b.score && a.instructions == b.instructions &&
         a.impression.fingerprint == b.impression.fingerprint;
}

TEST(Evolver, RetoldHistoryGoesOnIdentically) {
  Evolver first(kToyHearing), second(kToyHearing);
  std::vector<Scored> history, a, b;
  run_search(first, 3, 150, &history);  // long enough for climbs
  for (uint64_t i = 0; i < 3100; ++i) {  // and a restart
    Rng rng(17, i, 0, 0);
    history.push_back(made_up(rng));
    history.back().score = 0;
    first.tell(history.back());
  }
  run_search(first, 3, 40, &history);
  for (const Scored& s : history) second.tell(s);
  EXPECT_GE(first.restarts(), 1u);
  EXPECT_EQ(first.restarts(), second.restarts());
  run_search(first, 3, 40, &a);
  run_search(second, 3, 40, &b);
  ASSERT_EQ(a.size(), 40u);
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(equal(a[i], b[i])) << i;
}

// A proposal that comes to nothing leaves no trace.
TEST(Evolver, AskingChangesNothing) {
  Evolver asked(kToyHearing), quiet(kToyHearing);
  std::vector<Scored> history;
  run_search(asked, 9, 80, &history);
  for (const Scored& s : history) quiet.tell(s);
  for (uint64_t i = 0; i < 60; ++i) {
    Rng rng(1, i, 0, 0);
    (void)asked.ask(rng);
  }
  for (uint64_t i = 0; i < 20; ++i) {
    Rng a(2, i, 0, 0), b(2, i, 0, 0);
    EXPECT_EQ(asked.ask(a), quiet.ask(b));
  }
}

TEST(Evolver, NoSongIsJudgedTwice) {
  Evolver evolver(kToyHearing);
  std::vector<Scored> history;
  run_search(evolver, 4, 300, &history);
  ASSERT_EQ(history.size(), 300u);
  std::set<uint64_t> prints;
  for (const Scored& s : history) EXPECT_TRUE(prints.insert(s.impression.fingerprint).second);
}

// Since the last restart: the list of the best is the best of what was told, every kind of sound keeps its best, and
// nothing leaves either for something worse.
TEST(Evolver, KeepsTheBest) {
  Evolver evolver;
  std::vector<Scored> since_restart;
  unsigned restarts = 0;
  for (uint64_t i = 0; i < 10000; ++i) {
    Rng rng(5, i, 0, 0);
    const Scored song = made_up(rng);
    evolver.tell(song);
    EXPECT_TRUE(evolver.is_known(song.impression.fingerprint));
    since_restart.push_back(song);
    if (evolver.restarts() != restarts) {
      restarts = evolver.restarts();
      since_restart.clear();
      EXPECT_TRUE(evolver.elites().empty());
      EXPECT_TRUE(evolver.archive().empty());
      continue;
    }
    if (i % 50 != 0) continue;
    std::vector<Scored> sorted = since_restart;
    std::stable_sort(sorted.begin(), sorted.end(), better);
    ASSERT_EQ(evolver.elites().size(), std::min<size_t>(20, sorted.size()));
    for (size_t k = 0; k < evolver.elites().size(); ++k) EXPECT_TRUE(equal(evolver.elites()[k], sorted[k]));
    std::map<std::pair<unsigned, unsigned>, const Scored*> kinds;
    for (const Scored& s : sorted) kinds.try_emplace({s.impression.brightness, s.impression.motion}, &s);
    EXPECT_EQ(evolver.archive().all().size(), kinds.size());
    for (const auto& [kind, best] : kinds) EXPECT_TRUE(equal(*evolver.archive().best(kind.first, kind.second), *best));
  }
  EXPECT_GE(restarts, 2u);
}

TEST(Evolver, RestartsKeepWhatIsKnown) {
  Evolver evolver;
  std::vector<uint64_t> prints;
  for (uint64_t i = 0; evolver.restarts() == 0; ++i) {
    ASSERT_LT(i, 5000u);
    Rng rng(6, i, 0, 0);
    Scored song = made_up(rng);
    song.score = i == 0 ? 1000 : 1;
    evolver.tell(song);
    prints.push_back(song.impression.fingerprint);
  }
  for (const uint64_t print : prints) EXPECT_TRUE(evolver.is_known(print));
}

TEST(Evolver, SpecimensAreItsOwnSongsAndNoneTwice) {
  Evolver evolver(kToyHearing), twin(kToyHearing);
  EXPECT_TRUE(evolver.specimens().empty());
  std::set<uint64_t> told;
  for (uint64_t i = 0; i < 300; ++i) {
    Rng rng(8, i, 0, 0);
    const Scored song = made_up(rng);
    evolver.tell(song);
    twin.tell(song);
    told.insert(song.impression.fingerprint);
    const auto shown = evolver.specimens(), again = twin.specimens();
    ASSERT_EQ(shown.size(), again.size());
    EXPECT_LE(shown.size(), 12u);
    EXPECT_TRUE(equal(*shown.front(), evolver.elites().front()));
    std::set<uint64_t> seen;
    for (size_t k = 0; k < shown.size(); ++k) {
      EXPECT_TRUE(told.contains(shown[k]->impression.fingerprint));
      EXPECT_TRUE(seen.insert(shown[k]->impression.fingerprint).second);
      EXPECT_TRUE(equal(*shown[k], *again[k]));
    }
  }
  EXPECT_GE(evolver.specimens().size(), 8u);
}

// A song without numbers whose neighbours were all heard must not hold the search up.
TEST(Evolver, GoesOnFromADeadEnd) {
  Evolver evolver(kToyHearing);
  std::vector<Scored> history;
  run_search(evolver, 10, 60, &history);
  Scored trap = history.front();
  trap.genome = *decode_genome("t");
  trap.score = 1u << 30;
  trap.impression.fingerprint = 1;
  evolver.tell(trap);
  history.clear();
  run_search(evolver, 10, 60, &history);
  EXPECT_EQ(history.size(), 60u);
}

// What exploring is for: among as many songs as chance composes, more kinds of sound.
TEST(Evolver, HearsMoreKindsThanChance) {
  constexpr unsigned kSongs = 300;
  Evolver evolver(kToyHearing);
  std::vector<Scored> history;
  run_search(evolver, 12, kSongs, &history);
  std::set<unsigned> found, by_chance;
  for (const Scored& s : history) found.insert(s.impression.kind);
  for (uint64_t i = 0, n = 0; n < kSongs; ++i) {
    Rng rng(12, 1, i, 0);
    const auto song = compose(typed_genome(rng), toy_judge(), kToySize, [](uint64_t) { return false; });
    if (song) ++n, by_chance.insert(song->scored.impression.kind);
  }
  EXPECT_GT(found.size(), by_chance.size());
}

// With a judge of songs.
TEST(Evolver, BeatsChanceAtTheSamePrice) {
  auto net = judge::read_judge(SOTTO_SOURCE_DIR "/judges/ear-20k.judge");
  ASSERT_TRUE(net.ok()) << net.error().message;
  const Listener ear(std::move(*net));
  constexpr unsigned kSongs = 200;
  uint64_t evolved = 0, chance = 0;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Evolver evolver;
    std::vector<Scored> history;
    run_search(evolver, seed, kSongs, &history, ear);
    uint32_t best = 0, lucky = 0;
    for (const Scored& s : history) best = std::max(best, s.score);
    for (uint64_t i = 0, n = 0; n < kSongs; ++i) {
      Rng rng(seed, 1, i, 0);
      const auto song = compose(random_genome(rng), ear, kToySize, [](uint64_t) { return false; });
      if (song) ++n, lucky = std::max(lucky, song->scored.score);
    }
    evolved += best;
    chance += lucky;
  }
  EXPECT_GT(evolved, chance + 300);  // a whole point each
}

}  // namespace
}  // namespace sotto::contest
