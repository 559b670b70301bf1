// SPDX-License-Identifier: Apache-2.0
// What `sotto agent` and `sotto swarm` have in common: agents that search until a score is reached, the winner's proof, its claim.
#pragma once
#include <string>

#include "cli/chain_options.h"
#include "cli/inputs.h"
#include "cli/llm_options.h"
#include "cli/node_input.h"
#include "contest/swarm/campaign.h"

namespace sotto::cli {

struct SearchOptions {
  contest::SwarmOptions swarm;
  JudgeInput judge;
  LlmInput llm;
  NodeInput node;
  KeyInput key;
  std::string target;
  std::string cpu_share, isolation = "best-effort";
  uint32_t max_slots = 0;  // 0: without end
  uint64_t seconds = 0;
  bool claims = false;     // claims the prize by itself
  // Where to claim.
  std::string claimant, contract, contest, output, rpc_url, setup;
  uint64_t chain_id = 0;
  bool json = false, seed_given = false, tries_given = false;
  void add_to(CLI::App* verb);
};

Status search(SearchOptions& options);

// The campaign that these options describe, without its chain, board and events: what `sotto bench soak` runs.
Result<contest::CampaignOptions> make_campaign(SearchOptions& options);

}  // namespace sotto::cli
