// SPDX-License-Identifier: Apache-2.0
#include "cli/node_input.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "contest/bus/nats.h"
#include "contest/swarm/interrupt.h"

namespace sotto::cli {
namespace {

using std::chrono::milliseconds;

constexpr uint32_t kBeatsPerLease = 12;

}  // namespace

void NodeInput::add_to(CLI::App* verb) {
  verb->add_option("--bus", url, "Join a team on several machines: its server, nats://HOST:PORT or tls://HOST:PORT (docs/scale-out.md)");
  verb->add_option("--creds", credentials, "With --bus: this node's credentials, from `sotto bus config`");
  verb->add_option("--node", name, "With --bus: name of this machine; without it the user in the credentials");
  verb->add_option("--lease-seconds", lease_seconds, "With --bus: after so long without a word a node counts as gone")
      ->capture_default_str()
      ->check(CLI::Range(1, 3600));
}

Result<std::unique_ptr<contest::TeamNode>> NodeInput::join(const std::string& folder, uint32_t agents, uint32_t slot_ms, uint32_t score_unit) const {
  if (url.empty()) {
    if (!credentials.empty() || !name.empty()) return usage_error("--creds and --node go with --bus");
    return std::unique_ptr<contest::TeamNode>();
  }
  if (credentials.empty()) return usage_error("--bus needs --creds FILE; `sotto bus config` writes it");
  contest::NatsOptions nats;
  nats.url = url;
  SOTTO_TRY(nats.credentials, contest::read_credentials(credentials));
  std::string warning;
  SOTTO_TRY(auto bus, contest::connect_nats(nats, &warning));
  if (!warning.empty()) std::fprintf(stderr, "sotto: warning: %s\n", warning.c_str());
  contest::NodeOptions o;
  o.name = name.empty() ? nats.credentials.user : name;
  o.folder = folder;
  o.agents = agents;
  o.lease = std::chrono::seconds(lease_seconds);
  o.beat = std::min(o.lease / kBeatsPerLease, milliseconds(slot_ms));
  o.score_unit = score_unit;
  o.rest = [](milliseconds wait) {
    std::this_thread::sleep_for(wait);
    return !contest::interrupted();
  };
  return contest::TeamNode::join(std::move(bus), o);
}

}  // namespace sotto::cli
