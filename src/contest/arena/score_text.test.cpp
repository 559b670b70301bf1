// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/score_text.h"

#include <gtest/gtest.h>

namespace sotto::contest {
namespace {

TEST(ScoreText, BothWays) {
  EXPECT_EQ(score_text(512, 100), "5.12");
  EXPECT_EQ(score_text(5, 100), "0.05");
  EXPECT_EQ(score_text(1000, 100), "10.00");
  EXPECT_EQ(score_text(7, 1), "7");
  for (uint32_t score = 0; score <= 1000; ++score) EXPECT_EQ(*parse_score(score_text(score, 100), 100), score);
  EXPECT_EQ(*parse_score("6", 100), 600u);
  EXPECT_EQ(*parse_score("6.5", 100), 650u);
  EXPECT_EQ(*parse_score(".5", 100), 50u);
  EXPECT_EQ(*parse_score("42949672.95", 100), UINT32_MAX);
}

TEST(ScoreText, NonsenseIsRefused) {
  for (const char* text : {"", ".", "1.234", "-1", "1e3", "6,5", "1.2.3", " 1", "42949672.96", "99999999999", "nan"})
    EXPECT_FALSE(parse_score(text, 100).ok()) << text;
}

TEST(ScoreText, Thousands) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
}

}  // namespace
}  // namespace sotto::contest
