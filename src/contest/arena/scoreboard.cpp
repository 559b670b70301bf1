// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/scoreboard.h"

#include <algorithm>

#include "contest/arena/score_text.h"
#include "contest/swarm/events.h"

namespace sotto::contest {
namespace {

constexpr double kPlainEvery = 10;  // seconds

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

std::string public_text(uint32_t score, uint32_t unit) { return score_text(published_score(score, unit), unit); }

const Standing* leader_of(const std::vector<Standing>& agents) {
  const auto best = std::max_element(agents.begin(), agents.end(),
                                     [](const Standing& a, const Standing& b) { return a.best < b.best; });
  return best == agents.end() ? nullptr : &*best;
}

std::string duration_text(double seconds) {
  const auto s = static_cast<uint64_t>(seconds);
  if (s < 120) return std::to_string(s) + " s";
  if (s < 7200) return std::to_string(s / 60) + " min";
  return std::to_string(s / 3600) + " h " + std::to_string(s / 60 % 60) + " min";
}

}  // namespace

void Scoreboard::slot_over(const CampaignView& view) {
  trends_.resize(view.standings.size());
  for (const Standing& s : view.standings) trends_[s.agent].add(s.best);
}

std::string Scoreboard::line(const CampaignView& view) const {
  const Standing* leader = leader_of(view.standings);
  std::string line = "slot " + std::to_string(view.slot) + ", " + duration_text(view.seconds);
  if (leader) line += ": best " + public_text(leader->best, view.unit) + " by agent " + std::to_string(leader->agent);
  if (view.target) line += ", target " + score_text(*view.target, view.unit);
  line += ", " + with_commas(view.songs) + " songs";
  if (view.seconds >= 1)
    line += ", " + with_commas(static_cast<uint64_t>(static_cast<double>(view.new_songs) * 60 / view.seconds)) +
            " a minute";
  const auto gone =
      std::count_if(view.standings.begin(), view.standings.end(), [](const Standing& s) { return !s.alive; });
  if (gone) line += ", " + std::to_string(gone) + " agents gone";
  if (!view.prover.empty()) line += "; " + view.prover;
  if (!view.model.empty()) line += "; " + view.model;
  if (!view.yield.empty()) line += ", " + view.yield;
  return line;
}

std::string Scoreboard::agent_line(const CampaignView& view, const Standing& s, bool leads) const {
  std::string line = "  agent " + padded(std::to_string(s.agent), 3);
  if (!s.alive) return line + "  gone: " + s.fault.substr(0, 50);
  std::string best = "  best " + padded(public_text(s.best, view.unit), 6);
  if (leads && style_.colour)
    best = (view.target && s.best >= *view.target ? "\x1b[32m" : "\x1b[1m") + best + "\x1b[0m";
  line += best + "  last " + padded(public_text(s.last, view.unit), 6) + "  ";
  line += s.agent < trends_.size() ? trends_[s.agent].text(view.target.value_or(0), style_.unicode)
                                   : Trend().text(0, false);
  if (style_.columns > 80) line += "  " + padded(with_commas(s.songs), 9) + " songs";
  if (style_.columns > 90 && s.late_ms) line += "  late " + std::to_string(s.late_ms) + " ms";
  if (style_.columns > 90 && s.restarts) line += "  restarts " + std::to_string(s.restarts);
  return line;
}

std::vector<std::string> Scoreboard::block(const CampaignView& view) const {
  CampaignView head = view;
  head.prover.clear();
  head.model.clear();
  head.yield.clear();
  std::vector<std::string> lines{line(head)};
  if (style_.colour) lines[0] = "\x1b[1m" + lines[0] + "\x1b[0m";
  if (!view.prover.empty()) lines.push_back("  prover: " + view.prover);
  if (!view.model.empty()) lines.push_back("  model:  " + view.model);
  if (!view.yield.empty()) lines.push_back("          " + view.yield);
  std::vector<const Standing*> order;
  for (const Standing& s : view.standings) order.push_back(&s);
  std::sort(order.begin(), order.end(), [](const Standing* a, const Standing* b) {
    if (a->alive != b->alive) return a->alive;
    return a->best != b->best ? a->best > b->best : a->agent < b->agent;
  });
  const size_t room = style_.rows > lines.size() + 4 ? style_.rows - lines.size() - 2 : 2;
  const size_t shown = std::min(order.size(), room);
  for (size_t i = 0; i < shown; ++i) lines.push_back(agent_line(view, *order[i], i == 0));
  if (shown < order.size()) lines.push_back("  and " + std::to_string(order.size() - shown) + " more");
  for (std::string& line : lines) line = fitted(line, style_.columns > 1 ? style_.columns - 1 : 1);
  return lines;
}

void LiveBoard::show(const CampaignView& view) {
  if (style_.measure()) board_.resize(style_), view_.resize(style_);
  if (view.slot_over) board_.slot_over(view);
  if (view.asked && !style_.live) return view_.say(board_.line(view));
  if (style_.live) return view_.block(board_.block(view));
  if (!view.slot_over || view.seconds - said_ < kPlainEvery) return;
  said_ = view.seconds;
  view_.say(board_.line(view));
}

}  // namespace sotto::contest
