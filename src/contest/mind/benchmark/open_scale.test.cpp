// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/open_scale.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sotto::contest {
namespace {

TEST(OpenScale, GoesOnAboveTheHighestScore) {
  judge::Network net;
  for (uint32_t i = 0; i < 1000; ++i) net.score_table.push_back(i < 100 ? 0 : std::min(2 * (i - 100), 400u));
  const judge::Network open = with_open_scale(net);
  for (size_t i = 0; i <= 300; ++i) EXPECT_EQ(open.score_table[i], net.score_table[i]);
  EXPECT_EQ(open.score_table[301], 402u);
  EXPECT_EQ(open.score_table[400], 600u);
  EXPECT_EQ(open.score_table[999], 800u);
}

TEST(OpenScale, AStepStaysAStep) {
  judge::Network net;
  net.score_table = {0, 0, 7, 7};
  EXPECT_EQ(with_open_scale(net).score_table, net.score_table);
}

}  // namespace
}  // namespace sotto::contest
