// SPDX-License-Identifier: Apache-2.0
// The options with which a swarm joins its team on a bus: --bus, --creds, --node.
#pragma once
#include <memory>
#include <string>

#include "cli/verb.h"
#include "contest/bus/node.h"

namespace sotto::cli {

struct NodeInput {
  std::string url, credentials, name;
  uint32_t lease_seconds = 120;

  void add_to(CLI::App* verb);
  // Null without --bus: this machine is the whole team.
  Result<std::unique_ptr<contest::TeamNode>> join(const std::string& folder, uint32_t agents, uint32_t slot_ms, uint32_t score_unit) const;
};

}  // namespace sotto::cli
