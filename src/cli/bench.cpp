// SPDX-License-Identifier: Apache-2.0
// sotto bench: what Sotto measures about itself.
#include "cli/bench.h"

namespace sotto::cli {

void add_bench(Verbs& verbs) {
  CLI::App* parent = verbs.add("bench", "Measure Sotto: how well the agents search, what a proof costs and how that grows, how a swarm lasts");
  parent->require_subcommand(1);
  add_bench_search(verbs, parent);
  add_bench_prove(verbs, parent);
  add_bench_growth(verbs, parent);
  add_bench_soak(verbs, parent);
}

}  // namespace sotto::cli
