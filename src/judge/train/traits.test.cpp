// SPDX-License-Identifier: Apache-2.0
#include "judge/train/traits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace sotto::judge::train {
namespace {

constexpr size_t kFrames = 311, kBands = 48;

std::vector<uint16_t> noise(size_t period) {
  std::mt19937_64 random(1);
  std::vector<uint16_t> out(kFrames * kBands);
  for (size_t i = 0; i < out.size(); i++)
    out[i] = i < period * kBands ? static_cast<uint16_t>(200 + random() % 300) : out[i - period * kBands];
  return out;
}

size_t at_the_floor(const std::vector<float>& values) {
  return static_cast<size_t>(
      std::count_if(values.begin(), values.end(), [](float v) { return std::abs(v - std::log2(0.02f)) < 1e-3f; }));
}

TEST(Traits, LoudnessIsOneOfThem) {
  auto quiet = noise(kFrames), loud = quiet;
  for (uint16_t& l : loud) l = static_cast<uint16_t>(l + 64);
  const auto a = traits(quiet, kBands), b = traits(loud, kBands);
  ASSERT_EQ(a.size(), b.size());
  EXPECT_NEAR(b[0] - a[0], 2, 1e-4);  // octaves
  for (size_t i = 1; i < a.size(); i++) EXPECT_NEAR(a[i], b[i], 1e-3) << i;
}

TEST(Traits, ARepetitionLeavesNoDifferenceAtItsLags) {
  EXPECT_EQ(at_the_floor(traits(noise(kFrames), kBands)), 0u);
  const size_t every_eighth = at_the_floor(traits(noise(8), kBands)),
               every_second = at_the_floor(traits(noise(2), kBands));
  EXPECT_GT(every_eighth, 10u);
  EXPECT_GT(every_second, every_eighth);
}

// One half is bright and the other dark: the parts differ, neighbouring frames do not.
TEST(Traits, FormIsHeard) {
  std::vector<uint16_t> halves(kFrames * kBands);
  for (size_t i = 0; i < halves.size(); i++)
    halves[i] = (i / kBands < kFrames / 2) == (i % kBands < kBands / 2) ? 400 : 200;
  const auto a = traits(halves, kBands), b = traits(std::vector<uint16_t>(kFrames * kBands, 300), kBands);
  const size_t two_parts = a.size() - 4 * 5;  // five partitions, the first into halves
  EXPECT_GT(a[two_parts], b[two_parts] + 5);
  for (float v : traits(std::vector<uint16_t>(kFrames * kBands, 0), kBands)) EXPECT_TRUE(std::isfinite(v));
}

}  // namespace
}  // namespace sotto::judge::train
