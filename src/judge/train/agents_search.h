// SPDX-License-Identifier: Apache-2.0
// The agents' own search. It stands above this wing, so it runs as the program that has it: `sotto judge attack`.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/net/network.h"
#include "judge/train/attack.h"

namespace sotto::judge::train {

struct AgentsSearch {
  std::string program;       // sotto
  uint64_t seed = 1;
  size_t evaluations = 1000;
};

// Searches against `net`, unless `file` is there already; it then holds the best songs (100 at most), one JSON object per line,
// best first. The search hears the head itself, without calibration and cap.
Status agents_search(const Network& net, const AgentsSearch& search, const std::string& file);

// The songs of such a file, with their samples; heads are 0.
Result<std::vector<Evolved>> read_evolved(const std::string& file);

}  // namespace sotto::judge::train
