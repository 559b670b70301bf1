// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/open_scale.h"

#include <algorithm>

namespace sotto::contest {

judge::Network with_open_scale(judge::Network net) {
  std::vector<uint32_t>& table = net.score_table;
  const uint32_t cap = judge::max_score(net);
  const auto first = [&](uint32_t score) {
    return std::find_if(table.begin(), table.end(), [&](uint32_t s) { return s >= score; }) - table.begin();
  };
  const ptrdiff_t top = first(cap), middle = first(cap / 2), last = static_cast<ptrdiff_t>(table.size()) - 1;
  if (top <= middle) return net;  // a step, not a slope
  const uint64_t rise = cap - table[static_cast<size_t>(middle)], run = static_cast<uint64_t>(top - middle);
  for (ptrdiff_t i = top; i <= last; ++i) {
    const uint64_t score = cap + static_cast<uint64_t>(i - top) * rise / run;
    table[static_cast<size_t>(i)] = static_cast<uint32_t>(std::min<uint64_t>(score, 2 * uint64_t{cap}));
  }
  return net;
}

}  // namespace sotto::contest
