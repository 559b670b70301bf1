// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/prover_seat.h"

#include <algorithm>

#include "contest/bus/record.h"

namespace sotto::contest {
namespace {

constexpr const char* kKey = "prover";

struct Seat {
  std::string node, session;
  uint32_t score = 0, claimed = 0;
};

Bytes encode(const Seat& s) {
  return record_bytes({{"node", s.node}, {"session", s.session}, {"score", s.score}, {"claimed", s.claimed}});
}
Seat decode(const Bytes& value) {
  const Record r = parse_record(value);
  return {record_text(r, "node"), record_text(r, "session"), static_cast<uint32_t>(record_number(r, "score", UINT32_MAX)),
          static_cast<uint32_t>(record_number(r, "claimed", UINT32_MAX))};
}

}  // namespace

Result<bool> ProverSeat::take(uint32_t score, const std::string& session) {
  SOTTO_TRY(const auto entry, bus_->get(kKey));
  const Seat seat = entry ? decode(entry->value) : Seat{};
  claimed_ = std::max(claimed_, seat.claimed);
  ours_ = seat.node == node_ && seat.session == session;
  if (ours_) {
    score_ = seat.score;
    return true;
  }
  if (score <= claimed_) return false;
  // Our own name with an old session: that process is dead, because the lease is ours.
  if (!seat.node.empty() && seat.node != node_) {
    SOTTO_TRY(const bool gone, watch_->gone(seat.node, seat.session));
    if (!gone) return false;
  }
  SOTTO_TRY(const auto written, bus_->compare_and_set(kKey, encode(Seat{node_, session, score, claimed_}), entry ? entry->revision : 0));
  ours_ = written.has_value();
  if (ours_) score_ = score;
  return ours_;
}

Status ProverSeat::look() {
  SOTTO_TRY(const auto entry, bus_->get(kKey));
  if (entry) claimed_ = std::max(claimed_, decode(entry->value).claimed);
  return ok_status();
}

Status ProverSeat::leave(bool claimed, const std::string& session) {
  for (;;) {
    SOTTO_TRY(const auto entry, bus_->get(kKey));
    Seat seat = entry ? decode(entry->value) : Seat{};
    const bool still_ours = seat.node == node_ && seat.session == session;
    if (still_ours) seat.node.clear(), seat.session.clear(), seat.score = 0;
    // The claim counts even when the seat was lost on the way.
    seat.claimed = std::max(seat.claimed, claimed ? score_ : 0);
    SOTTO_TRY(const auto written, bus_->compare_and_set(kKey, encode(seat), entry ? entry->revision : 0));
    if (!written) continue;
    ours_ = false;
    claimed_ = seat.claimed;
    return ok_status();
  }
}

}  // namespace sotto::contest
