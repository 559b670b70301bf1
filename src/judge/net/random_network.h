// SPDX-License-Identifier: Apache-2.0
// Random valid networks of any small shape: what the tests of the judge and of the proof run on.
#pragma once
#include <cstdint>
#include <vector>

#include "judge/net/network.h"

namespace sotto::judge {

// The defaults are a toy: range_bits = 8, two conv layers. Sotto's own shape has 16, 8, 80000, 8, 256, 48, {40, 40, 40}.
struct RandomShape {
  uint32_t range_bits = 8;
  uint32_t sample_bits = 4;
  uint32_t samples = 200;
  uint32_t hop_bits = 3;
  uint32_t bins = 4;    // a power of two
  uint32_t bands = 3;
  std::vector<uint32_t> channels = {4, 3};
};

// A network that check_network accepts; weights fill most of what the intervals allow, every table is busy, and different
// samples get different scores. Deterministic in (shape, seed). The shape must have frames for its conv layers.
Network random_network(const RandomShape& shape, uint64_t seed);

}  // namespace sotto::judge
