// SPDX-License-Identifier: Apache-2.0
// The board of a long run. On a terminal: one block that is redrawn at most twice a second; elsewhere: a line per slot, at most
// one every ten seconds. Scores on it are the published ones.
#pragma once
#include <string>
#include <vector>

#include "contest/arena/trend.h"
#include "contest/arena/view.h"
#include "contest/swarm/campaign.h"

namespace sotto::contest {

class Scoreboard {
 public:
  explicit Scoreboard(ViewStyle style) : style_(style) {}
  void resize(const ViewStyle& style) { style_ = style; }
  // Call once per slot: the trends grow by a point.
  void slot_over(const CampaignView& view);
  std::vector<std::string> block(const CampaignView& view) const;
  std::string line(const CampaignView& view) const;

 private:
  std::string agent_line(const CampaignView& view, const Standing& standing, bool leads) const;

  ViewStyle style_;
  std::vector<Trend> trends_;
};

// Draws it on the standard error.
class LiveBoard {
 public:
  LiveBoard() : style_(ViewStyle::detect()), board_(style_), view_(style_) {}
  void show(const CampaignView& view);

 private:
  ViewStyle style_;
  Scoreboard board_;
  View view_;
  double said_ = -1e9;  // seconds of the run
};

}  // namespace sotto::contest
