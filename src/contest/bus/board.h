// SPDX-License-Identifier: Apache-2.0
// The public board: what every node of every team last said about itself.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "contest/bus/bus.h"

namespace sotto::contest {

// What a node tells everybody.
struct PublicScore {
  std::string team, node;  // the server vouches for the team, the message does not
  uint32_t slot = 0;
  uint32_t agents = 0;
  uint32_t best = 0;       // rounded down
  uint64_t songs = 0;      // judged on this node so far
  std::chrono::milliseconds age{0};  // since it was heard
};

class Board {
 public:
  // Listens to the own team and to all others.
  static Result<Board> open(Bus& bus);
  static Status publish(Bus& bus, const PublicScore& score);

  // Takes in what has arrived.
  Status hear(std::chrono::milliseconds now);
  // By team, then node.
  std::vector<PublicScore> scores(std::chrono::milliseconds now) const;

 private:
  struct Heard {
    PublicScore score;
    std::chrono::milliseconds at{0};
  };
  void take(const BusMessage& message, std::chrono::milliseconds now);

  std::string team_;
  std::unique_ptr<Subscription> own_, others_;
  std::map<std::string, std::map<std::string, Heard>> teams_;
};

}  // namespace sotto::contest
