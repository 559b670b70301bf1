// SPDX-License-Identifier: Apache-2.0
// A contest in the terminal. On a terminal: one live block, a line per agent. Elsewhere: plain lines, one every ten seconds
// and one for each new leader. Writes to the standard error; results belong to the standard output.
#pragma once
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "contest/arena/trend.h"
#include "contest/swarm/swarm.h"

namespace sotto::contest {

struct ViewStyle {
  bool live = false;    // a terminal that can move its cursor
  bool colour = false;  // NO_COLOR is not set
  bool unicode = false;
  unsigned columns = 80, rows = 24;
  // What the standard error is, by isatty, TERM, NO_COLOR, COLUMNS and the locale.
  static ViewStyle detect();
  // The size as it is now, for terminals that were resized. True when it has changed.
  bool measure();
};

// As much of a line as `columns` have room for. Colours take none; UTF-8 characters take one each.
std::string fitted(std::string_view line, size_t columns);

class View {
 public:
  explicit View(ViewStyle style = ViewStyle::detect(), FILE* out = stderr) : style_(style), out_(out) {}
  ~View() { close_block(); }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  // A line that stays.
  void say(std::string_view line);
  // The standings after a slot.
  void standings(const std::vector<Standing>& agents, uint32_t slot, uint32_t target, uint32_t score_unit);
  // The terminal was resized, and its lines may have been wrapped anew: the next block begins on a clear screen.
  void resize(const ViewStyle& style);
  // Lines that stand until the next ones. On a terminal only.
  void block(const std::vector<std::string>& lines) { draw(lines); }
  // A bar for one long step; fraction 1 leaves it behind as a line.
  void progress(std::string_view what, std::string_view stage, double fraction);

 private:
  using Clock = std::chrono::steady_clock;
  void draw(const std::vector<std::string>& lines);
  void close_block();
  std::string agent_line(const Standing& s, bool leads, uint32_t target, uint32_t unit) const;
  std::string paint(std::string_view text, const char* code) const;

  ViewStyle style_;
  FILE* out_;
  unsigned block_lines_ = 0;                    // of the live block on the screen
  std::vector<Trend> trends_;                   // of the best, per agent
  Clock::time_point start_ = Clock::now(), drawn_{};
  uint32_t best_said_ = 0;
  std::string finished_;                        // the last step that progress() left behind
};

}  // namespace sotto::contest
