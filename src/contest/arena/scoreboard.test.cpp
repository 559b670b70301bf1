// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/scoreboard.h"

#include <gtest/gtest.h>

namespace sotto::contest {
namespace {

std::vector<Standing> three() {
  std::vector<Standing> agents(3);
  for (uint32_t a = 0; a < 3; ++a) {
    agents[a].agent = a;
    agents[a].best = 900 + 33 * a;
    agents[a].last = 800 + a;
    agents[a].songs = 1000;
  }
  agents[0].alive = false;
  agents[0].fault = "the process ended";
  return agents;
}

CampaignView view_of(const std::vector<Standing>& agents) {
  CampaignView view{agents};
  view.slot = 12;
  view.target = 980;
  view.seconds = 120;
  view.songs = 3000;
  view.new_songs = 2400;
  view.prover = "agent 2 proves, 40 %, sumcheck";
  view.model = "m: 8 answers, $0.01 of $1.00";
  return view;
}

TEST(Scoreboard, Snapshot) {
  const auto agents = three();
  const CampaignView view = view_of(agents);
  ViewStyle style;
  style.columns = 100;
  Scoreboard board(style);
  for (int i = 0; i < 3; ++i) board.slot_over(view);
  const std::vector<std::string> wanted = {
      "slot 12, 2 min: best 9.65 by agent 2, target 9.80, 3,000 songs, 1,200 a minute, 1 agents gone",
      "  prover: agent 2 proves, 40 %, sumcheck",
      "  model:  m: 8 answers, $0.01 of $1.00",
      "  agent   2  best   9.65  last   8.00  ===                           1,000 songs",
      "  agent   1  best   9.30  last   8.00  ===                           1,000 songs",
      "  agent   0  gone: the process ended",
  };
  EXPECT_EQ(board.block(view), wanted);
}

TEST(Scoreboard, FitsTheTerminal) {
  std::vector<Standing> agents(64);
  for (uint32_t a = 0; a < 64; ++a) agents[a].agent = a, agents[a].best = a;
  const CampaignView view = view_of(agents);
  ViewStyle style;
  style.columns = 70;
  style.rows = 20;
  Scoreboard board(style);
  board.slot_over(view);
  const auto lines = board.block(view);
  EXPECT_LT(lines.size(), 20u);
  for (const std::string& line : lines) EXPECT_LT(line.size(), 70u) << line;
  EXPECT_EQ(lines.back(), "  and " + std::to_string(64 - (lines.size() - 4)) + " more");
}

// Narrower than an agent's line, in colour and with block characters.
TEST(Scoreboard, FitsANarrowTerminal) {
  const auto agents = three();
  CampaignView view = view_of(agents);
  view.yield = "80 songs proposed, 72 parsed, 64 judged, 9 kept";
  ViewStyle style;
  style.colour = style.unicode = true;
  style.columns = 40;
  Scoreboard board(style);
  board.slot_over(view);
  for (const std::string& line : board.block(view)) {
    size_t columns = 0;
    bool escape = false;
    for (const char c : line) {
      if (c == '\x1b') escape = true;
      if (!escape && (c & 0xc0) != 0x80) ++columns;
      if (escape && c == 'm') escape = false;
    }
    EXPECT_LT(columns, 40u) << line;
    EXPECT_EQ(fitted(line, 39), line);
    EXPECT_EQ(line.find('\x1b') == std::string::npos, line.find("\x1b[0m") == std::string::npos) << line;
  }
}

TEST(Scoreboard, FittedKeepsColoursAndWholeCharacters) {
  EXPECT_EQ(fitted("abcdef", 4), "abcd");
  EXPECT_EQ(fitted("\x1b[1mabcdef\x1b[0m", 3), "\x1b[1mabc\x1b[0m");
  EXPECT_EQ(fitted("\u2581\u2582\u2583x", 2), "\u2581\u2582");
  EXPECT_EQ(fitted("", 0), "");
}

TEST(Scoreboard, ColourOnlyWhereItIsWanted) {
  const auto agents = three();
  const CampaignView view = view_of(agents);
  for (const bool colour : {false, true}) {
    ViewStyle style;
    style.colour = colour;
    Scoreboard board(style);
    std::string all;
    for (const std::string& line : board.block(view)) all += line;
    EXPECT_EQ(all.find('\x1b') != std::string::npos, colour);
  }
}

TEST(Trend, KeepsItsWidthHoweverLongTheRun) {
  Trend trend(8);
  EXPECT_EQ(trend.text(10, false), "        ");
  for (uint32_t i = 0; i < 1000; ++i) {
    trend.add(i);
    EXPECT_EQ(trend.text(1000, false).size(), 8u);
  }
  EXPECT_EQ(trend.text(0, false).back(), '#');
}

}  // namespace
}  // namespace sotto::contest
