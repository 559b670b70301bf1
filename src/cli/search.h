// SPDX-License-Identifier: Apache-2.0
// What `sotto agent` and `sotto swarm` have in common: agents that search until a score is reached, and the winner's proof.
#pragma once
#include <string>

#include "cli/inputs.h"
#include "contest/swarm/swarm.h"

namespace sotto::cli {

struct SearchOptions {
  contest::SwarmOptions swarm;
  JudgeInput judge;
  std::string target;
  uint32_t max_slots = 0;  // 0: without end
  // Where to claim; all or none.
  std::string claimant, contract, contest, output, rpc_url, setup;
  uint64_t chain_id = 0;
  bool json = false;
  void add_to(CLI::App* verb);
};

Status search(SearchOptions& options);

}  // namespace sotto::cli
