// SPDX-License-Identifier: Apache-2.0
// Which node of a team runs which agents. Two nodes never run the same one.
//
// In the team's key-value store:
//   node.NAME   {deed, session, beat, lease_ms}   who runs as NAME; an empty session: nobody does
//   agent.N     {node, deed, session}             whose agent N is
// The deed is a random word in the node's folder (node.json). Songs lie in that folder, so numbers stay with it: the same
// folder gets them back at once after kill -9, on whatever machine it is then. Others may take the numbers of a node only when
// it has been silent for the whole lease and no number is free; first they end its session, so that it notices.
//
// All writes are compare-and-set. Silence is measured by the watcher's own clock, from when it saw the last beat, so clocks
// need not agree; the holder counts from before it sent that beat, and therefore gives up first.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "contest/bus/bus.h"

namespace sotto::contest {

using LeaseClock = std::function<std::chrono::milliseconds()>;  // monotonic

struct NodeRecord {
  std::string deed, session;
  uint64_t beat = 0;
  std::chrono::milliseconds lease{0};
};

// Finds out from outside which nodes have gone.
class NodeWatch {
 public:
  NodeWatch(Bus& bus, LeaseClock clock) : bus_(&bus), clock_(std::move(clock)) {}
  // True when nobody runs as `node`: it has left, or has been seen silent for its whole lease. With a session: true as well
  // when another session runs under that name.
  Result<bool> gone(const std::string& node, const std::string& session = {});
  // The same, and ends its session, so that it notices should it come back. False: it lives.
  Result<bool> end(const std::string& node);

 private:
  bool silent(const std::string& node, const KvEntry& entry);
  struct Seen {
    uint64_t revision = 0;
    std::chrono::milliseconds since{0};
  };
  Bus* bus_;
  LeaseClock clock_;
  std::map<std::string, Seen> seen_;
};

struct LeaseOptions {
  std::string node, folder;
  uint32_t agents = 1;
  uint32_t team_agents = 65'536;
  std::chrono::milliseconds duration{120'000};
  LeaseClock clock;                                            // empty: the system's
  std::function<bool(std::chrono::milliseconds)> rest;         // waits; false: stop waiting. Empty: sleeps
};

class Lease {
 public:
  // `bus` must outlive the lease. Holds the folder for itself.
  static Result<Lease> take(Bus& bus, const LeaseOptions& options);
  Lease(Lease&&) noexcept;
  ~Lease();

  // Those of the folder first, always in the same order; new ones behind.
  const std::vector<uint32_t>& agents() const;
  const std::string& session() const;
  // Says that we are there. An error of kind kRejected: some agents belong to another node now, for good.
  Status renew();
  // By the clock of the options: until then nobody else runs our agents, however long the network is silent.
  std::chrono::milliseconds held_until() const;
  // The numbers stay with the folder; the name is free at once.
  Status give_back();

 private:
  struct State;
  explicit Lease(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sotto::contest
