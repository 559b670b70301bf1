// SPDX-License-Identifier: Apache-2.0
#include "judge/net/uncapped.h"

#include <numeric>

namespace sotto::judge {

Network uncapped(Network net) {
  net.score_table.resize(size_t{1} << net.range_bits);
  std::iota(net.score_table.begin(), net.score_table.end(), 0u);
  net.score_unit = 1000;
  return net;
}

}  // namespace sotto::judge
