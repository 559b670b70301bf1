// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/surrogate.h"

#include <gtest/gtest.h>

#include <algorithm>


#include "contest/mind/rng.h"

namespace sotto::contest {
namespace {

Sketch at(uint8_t x, uint8_t y = 0) {
  Sketch s{};
  s[0] = x, s[1] = y;
  return s;
}

TEST(Surrogate, KnowsNothingAtFirst) {
  EXPECT_EQ(Surrogate().guess(at(1)).score, 0u);
  EXPECT_EQ(Surrogate().guess(at(1)).distance, 0u);
}

TEST(Surrogate, GuessesWhatItsNeighboursGot) {
  Surrogate s;
  for (uint8_t x = 0; x < 200; ++x) s.learn(at(x), 50u * x);  // a slope
  for (const uint8_t x : {20, 90, 150}) {
    EXPECT_NEAR(s.guess(at(x)).score, 50. * x, 100) << int{x};
    EXPECT_EQ(s.guess(at(x)).distance, 0u);
    EXPECT_EQ(s.guess(at(x, 17)).distance, 17u);
  }
}

TEST(Surrogate, FewNeighboursAreEnough) {
  Surrogate s;
  s.learn(at(10), 700);
  EXPECT_NEAR(s.guess(at(200)).score, 700, 1);
  EXPECT_EQ(s.guess(at(200)).distance, 190u);
}

// Memory is bounded: songs of long ago do not count.
TEST(Surrogate, ForgetsTheOldest) {
  Surrogate s;
  s.learn(at(100), 9000);
  for (unsigned i = 0; i < 2047; ++i) s.learn(at(0, static_cast<uint8_t>(i % 50)), 10);
  EXPECT_EQ(s.guess(at(100)).distance, 0u);
  s.learn(at(0), 10);
  EXPECT_GT(s.guess(at(100)).distance, 50u);
  EXPECT_EQ(s.guess(at(100)).score, 10u);
}

// The k nearest by hand.
TEST(Surrogate, AgreesWithASlowTwin) {
  Surrogate s;
  std::vector<std::pair<Sketch, uint32_t>> told;
  Rng rng(3, 1, 4, 1);
  const auto some = [&] {
    Sketch x;
    for (uint8_t& v : x) v = static_cast<uint8_t>(rng.below(256));
    return x;
  };
  for (unsigned i = 0; i < 300; ++i) told.emplace_back(some(), rng.below(10000)), s.learn(told.back().first, told.back().second);
  for (unsigned i = 0; i < 50; ++i) {
    const Sketch x = some();
    std::vector<std::pair<unsigned, uint32_t>> near;
    for (const auto& [sketch, score] : told) {
      unsigned d = 0;
      for (size_t k = 0; k < x.size(); ++k) d += x[k] > sketch[k] ? x[k] - sketch[k] : sketch[k] - x[k];
      near.emplace_back(d, score);
    }
    std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    double sum = 0, weights = 0;
    for (unsigned k = 0; k < 8; ++k) sum += near[k].second / (near[k].first + 4.), weights += 1 / (near[k].first + 4.);
    EXPECT_NEAR(s.guess(x).score, sum / weights, 10);
    EXPECT_EQ(s.guess(x).distance, near.front().first);
  }
}

}  // namespace
}  // namespace sotto::contest
