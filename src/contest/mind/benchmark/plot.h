// SPDX-License-Identifier: Apache-2.0
// The picture of a benchmark: best score against judged songs and against seconds, and the quality of the map against
// songs. A line is the median of the trials, its band reaches from quartile to quartile.
#pragma once
#include <string>
#include <vector>

#include "contest/mind/benchmark/ledger.h"

namespace sotto::contest {

// SVG or PNG, by the ending of the path.
Status write_plot(const std::string& path, const Ledger& ledger, const std::vector<std::string>& searches);

}  // namespace sotto::contest
