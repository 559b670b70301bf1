// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/archive.h"

#include <gtest/gtest.h>

namespace sotto::contest {
namespace {

Scored song(uint32_t score, unsigned instructions, uint8_t brightness, uint8_t motion) {
  Scored s;
  s.score = score;
  s.instructions = instructions;
  s.impression = {1, false, brightness, motion};
  return s;
}

TEST(Archive, KeepsTheBestOfEveryKind) {
  Archive archive;
  EXPECT_TRUE(archive.empty());
  archive.add(song(10, 5, 1, 2));
  archive.add(song(30, 9, 1, 2));
  archive.add(song(30, 7, 1, 2));  // as good and shorter
  archive.add(song(30, 8, 1, 2));
  archive.add(song(20, 1, 7, 7));
  EXPECT_EQ(archive.all().size(), 2u);
  EXPECT_EQ(archive.best(1, 2)->score, 30u);
  EXPECT_EQ(archive.best(1, 2)->instructions, 7u);
  EXPECT_EQ(archive.best(2, 1), nullptr);
}

TEST(Archive, RemembersHowOftenKindsWereHeard) {
  Archive archive;
  Scored heard = song(10, 1, 3, 4);
  heard.impression.kind = 200;
  for (const uint32_t score : {10u, 20u, 30u}) heard.score = score, archive.add(heard);
  EXPECT_EQ(archive.visits(200), 3u);
  EXPECT_EQ(archive.visits(201), 0u);
  archive.clear();
  EXPECT_TRUE(archive.empty());
  EXPECT_EQ(archive.best(3, 4), nullptr);
  EXPECT_EQ(archive.visits(200), 3u);
}

TEST(Archive, TournamentsPullTowardsTheBest) {
  Archive archive;
  for (uint8_t i = 0; i < 64; ++i) archive.add(song(i, 1, i / 8, i % 8));
  uint64_t plain = 0, pulled = 0;
  for (uint64_t i = 0; i < 500; ++i) {
    Rng rng(1, i, 0, 0);
    plain += archive.any(rng).score;
    pulled += archive.tournament(rng, 8).score;
  }
  EXPECT_GT(pulled, plain + 500 * 15);
}

}  // namespace
}  // namespace sotto::contest
