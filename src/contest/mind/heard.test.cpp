// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/heard.h"

#include <gtest/gtest.h>

#include "contest/mind/rng.h"

namespace sotto::contest {
namespace {

TEST(Heard, RemembersAtLeastAGenerationAndForgetsAfterTwo) {
  Heard heard;
  Rng rng(1, 2, 3, 4);
  std::vector<uint64_t> songs(3 * Heard::kGeneration);
  for (uint64_t& song : songs) song = rng.next();
  for (const uint64_t song : songs) heard.insert(song);
  size_t old = 0, middle = 0, young = 0;
  for (size_t i = 0; i < Heard::kGeneration; ++i) {
    old += heard.contains(songs[i]);
    middle += heard.contains(songs[Heard::kGeneration + i]);
    young += heard.contains(songs[2 * Heard::kGeneration + i]);
  }
  EXPECT_LE(old, 10u);
  EXPECT_GE(middle, Heard::kGeneration - 10);
  EXPECT_EQ(young, Heard::kGeneration);
}

TEST(Heard, TakesAwkwardFingerprints) {
  Heard heard;
  EXPECT_FALSE(heard.contains(0));
  for (const uint64_t song : {uint64_t{0}, uint64_t{1} << 40, ~uint64_t{0}, uint64_t{5}}) {
    EXPECT_FALSE(heard.contains(song));
    heard.insert(song);
    heard.insert(song);
    EXPECT_TRUE(heard.contains(song));
  }
  size_t strangers = 0;
  Rng rng(5, 6, 7, 8);
  for (unsigned i = 0; i < 1'000'000; ++i) strangers += heard.contains(rng.next());
  EXPECT_LE(strangers, 1u);
}

}  // namespace
}  // namespace sotto::contest
