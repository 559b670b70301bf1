// SPDX-License-Identifier: Apache-2.0
// One machine of a team that runs on several. A node holds a lease on its agent numbers (lease.h), tells the public board
// its rounded best score on the tick, hears everybody's, and lets one node of the team prove at a time (prover_seat.h).
//
// For the supervisor: join() first; run exactly the agents in agents(), each with its store in the node's folder; before a
// slot ask may_run(); after it publish_tick(); before a proof ask may_prove(). None of these calls waits for the network:
// a thread of the node does that. Nothing that passes through here has room for a song.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contest/bus/board.h"

namespace sotto::contest {

struct NodeOptions {
  std::string name;                             // of this machine, unique in the team
  std::string folder;                           // state of the run; the deed to the agent numbers lies here
  uint32_t agents = 1;                          // how many this node runs
  uint32_t team_agents = 65'536;                // numbers of the whole team: 0 … team_agents − 1
  std::chrono::milliseconds lease{120'000};     // after so long without a word a node counts as gone
  std::chrono::milliseconds beat{10'000};       // how often it says that it is there; well below the lease
  uint32_t score_unit = 100;                    // of the judge; public scores are rounded down (swarm/events.h)
  std::chrono::milliseconds look{200};          // how often the node's thread looks around
  std::function<bool(std::chrono::milliseconds)> rest;  // waits while joining; false: stop. Empty: sleeps
};

class TeamNode {
 public:
  // Waits for the network, at most some seconds; longer, up to the lease, when another process may still hold the numbers.
  static Result<std::unique_ptr<TeamNode>> join(std::unique_ptr<Bus> bus, const NodeOptions& options);
  ~TeamNode();  // gives the prover's seat and the lease back

  // The same numbers in the same order after a restart in the same folder; more agents come behind.
  const std::vector<uint32_t>& agents() const;
  // False while the lease is not held: the server has been silent for too long, or another node has taken the numbers.
  // Agents must rest then; nothing is lost, and it becomes true again when the server is back.
  bool may_run() const;
  // Why may_run() is false, or what else is wrong; empty when all is well.
  std::string trouble() const;

  void publish_tick(uint32_t slot, uint32_t best, uint64_t songs);
  // The newest word of every node of every team, this one included: by team, then node.
  std::vector<PublicScore> board() const;

  // May this node prove a claim of this score now? Says no until the team's seat is ours; ask again. The best claim that
  // waits gets the seat. No as well when the team has already claimed with this score or a higher one. After a
  // yes, prove_done() must follow. 0 before it withdraws the wish.
  bool may_prove(uint32_t score);
  // After the proof; claimed: it was accepted.
  void prove_done(bool claimed);
  // The highest score the team has claimed with; 0: none.
  uint32_t claimed() const;

 private:
  struct State;
  explicit TeamNode(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sotto::contest
