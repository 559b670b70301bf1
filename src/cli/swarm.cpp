// SPDX-License-Identifier: Apache-2.0
// sotto swarm: many agents, each a process of its own that nobody can look into.
#include "cli/search.h"

namespace sotto::cli {

void add_swarm(Verbs& verbs) {
  CLI::App* verb = verbs.add("swarm", "Many agents that evolve songs until one reaches a score");
  auto o = std::make_shared<SearchOptions>();
  o->swarm.lockstep = false;
  verb->add_option("--agents", o->swarm.agents, "Number of agents")->capture_default_str()->check(CLI::Range(1, 256));
  o->add_to(verb);
  verbs.on_run(verb, [o] { return search(*o); });
}

}  // namespace sotto::cli
