// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/board.h"

#include "contest/bus/record.h"
#include "contest/bus/subject.h"

namespace sotto::contest {
namespace {

constexpr size_t kMaxTeams = 64, kMaxNodes = 256;  // a rival cannot fill our memory with names

constexpr std::string_view kSubject = "public.board.";  // and the node

// from.TEAM.public.board.NODE, or public.board.NODE of the own team.
bool read_subject(std::string_view subject, std::string& team, std::string& node) {
  if (subject.starts_with(kFromPrefix)) {
    subject.remove_prefix(kFromPrefix.size());
    const size_t dot = subject.find('.');
    if (dot == std::string_view::npos) return false;
    team = std::string(subject.substr(0, dot));
    subject.remove_prefix(dot + 1);
  }
  if (!subject.starts_with(kSubject)) return false;
  node = std::string(subject.substr(kSubject.size()));
  return is_word(team) && is_word(node);
}

}  // namespace

Result<Board> Board::open(Bus& bus) {
  Board board;
  board.team_ = bus.team();
  SOTTO_TRY(board.own_, bus.subscribe(std::string(kSubject) + "*"));
  SOTTO_TRY(board.others_, bus.subscribe(std::string(kFromPrefix) + "*." + std::string(kSubject) + "*"));
  return board;
}

Status Board::publish(Bus& bus, const PublicScore& s) {
  return bus.publish(std::string(kSubject) + s.node,
                     record_bytes({{"slot", s.slot}, {"agents", s.agents}, {"best", s.best}, {"songs", s.songs}}));
}

Status Board::hear(std::chrono::milliseconds now) {
  for (Subscription* subscription : {own_.get(), others_.get()})
    for (;;) {
      SOTTO_TRY(const auto message, subscription->next(std::chrono::milliseconds(0)));
      if (!message) break;
      take(*message, now);
    }
  return ok_status();
}

void Board::take(const BusMessage& message, std::chrono::milliseconds now) {
  PublicScore s;
  s.team = team_;
  if (!read_subject(message.subject, s.team, s.node)) return;
  const Record r = parse_record(message.data);
  const auto small = [&](const char* key) { return static_cast<uint32_t>(record_number(r, key, UINT32_MAX)); };
  s.slot = small("slot"), s.agents = small("agents"), s.best = small("best");
  s.songs = record_number(r, "songs", UINT64_MAX);
  if (!teams_.contains(s.team) && teams_.size() >= kMaxTeams) return;
  auto& nodes = teams_[s.team];
  if (!nodes.contains(s.node) && nodes.size() >= kMaxNodes) return;
  nodes[s.node] = {s, now};
}

std::vector<PublicScore> Board::scores(std::chrono::milliseconds now) const {
  std::vector<PublicScore> all;
  for (const auto& [team, nodes] : teams_)
    for (const auto& [node, heard] : nodes) {
      all.push_back(heard.score);
      all.back().age = now - heard.at;
    }
  return all;
}

}  // namespace sotto::contest
