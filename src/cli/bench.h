// SPDX-License-Identifier: Apache-2.0
// The benchmarks of `sotto bench`, each in its own file.
#pragma once
#include "cli/verb.h"

namespace sotto::cli {

void add_bench_search(Verbs& verbs, CLI::App* parent);
void add_bench_prove(Verbs& verbs, CLI::App* parent);
void add_bench_growth(Verbs& verbs, CLI::App* parent);
void add_bench_soak(Verbs& verbs, CLI::App* parent);

}  // namespace sotto::cli
