// SPDX-License-Identifier: Apache-2.0
// One node of a team proves at a time, and never a claim that the team has already made with a better score.
//
// In the team's key-value store:  prover   {node, session, score, claimed}
// The seat is free when `node` is empty, and when that session has ended or gone silent (NodeWatch).
#pragma once
#include <cstdint>
#include <string>

#include "contest/bus/lease.h"

namespace sotto::contest {

class ProverSeat {
 public:
  // `bus` and `watch` must outlive the seat.
  ProverSeat(Bus& bus, NodeWatch& watch, std::string node) : bus_(&bus), watch_(&watch), node_(std::move(node)) {}

  // Takes the free seat for a claim of this score; true when it is ours now.
  Result<bool> take(uint32_t score, const std::string& session);
  // Only learns what the team has claimed.
  Status look();
  // Gives it back; claimed: the claim was accepted.
  Status leave(bool claimed, const std::string& session);
  bool ours() const { return ours_; }
  // The highest score that the team has claimed with, as of the last look.
  uint32_t claimed() const { return claimed_; }

 private:
  Bus* bus_;
  NodeWatch* watch_;
  std::string node_;
  bool ours_ = false;
  uint32_t score_ = 0, claimed_ = 0;
};

}  // namespace sotto::contest
