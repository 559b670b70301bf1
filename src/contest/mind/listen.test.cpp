// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/listen.h"

#include <gtest/gtest.h>

namespace sotto::contest {
namespace {

std::vector<uint8_t> square(unsigned period, unsigned gate) {
  std::vector<uint8_t> out(80000);
  for (size_t t = 0; t < out.size(); ++t) out[t] = (gate == 0 || (t / gate) % 2) && (t / period) % 2 ? 255 : 0;
  return out;
}

TEST(Listen, SilenceIsSilence) {
  EXPECT_TRUE(listen(std::vector<uint8_t>(80000, 0)).silent);
  EXPECT_TRUE(listen(std::vector<uint8_t>(80000, 200)).silent);
  EXPECT_TRUE(listen({}).silent);
  EXPECT_TRUE(listen(std::vector<uint8_t>(100, 1)).silent);
  EXPECT_FALSE(listen(square(20, 0)).silent);
}

TEST(Listen, FingerprintSeesEverySample) {
  const auto song = square(20, 0);
  const uint64_t print = listen(song).fingerprint;
  EXPECT_EQ(print, listen(song).fingerprint);
  for (size_t at = 0; at < song.size(); at += 997) {
    auto other = song;
    other[at] ^= 1;
    EXPECT_NE(listen(other).fingerprint, print);
  }
  EXPECT_NE(listen(std::vector<uint8_t>(8001, 1)).fingerprint, listen(std::vector<uint8_t>(8002, 1)).fingerprint);
}

TEST(Listen, FeaturesSpreadSongs) {
  EXPECT_GT(listen(square(4, 0)).brightness, listen(square(200, 0)).brightness);
  EXPECT_GT(listen(square(20, 3000)).motion, listen(square(20, 0)).motion);
}

}  // namespace
}  // namespace sotto::contest
