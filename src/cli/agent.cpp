// SPDX-License-Identifier: Apache-2.0
// sotto agent: one agent that evolves songs.
#include "cli/search.h"

namespace sotto::cli {

void add_agent(Verbs& verbs) {
  CLI::App* verb = verbs.add("agent", "One agent that evolves songs until it reaches a score");
  auto o = std::make_shared<SearchOptions>();
  o->swarm.lockstep = false;
  o->swarm.agents = 1;
  o->add_to(verb);
  verbs.on_run(verb, [o] { return search(*o); });
}

}  // namespace sotto::cli
