// SPDX-License-Identifier: Apache-2.0
// How far a plain search gets against a judge: what the card says about its exploits.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "judge/net/network.h"

namespace sotto::judge::train {

struct AttackOptions {
  uint64_t seed = 1;
  size_t random_programs = 1000;
  std::vector<size_t> evaluations = {250, 1000};  // of the genetic search, ascending: where its best is noted
};

struct AttackReport {
  double median = 0, p90 = 0, p99 = 0, best = 0;  // scores of the random programs
  std::vector<double> climb;                      // best score after options.evaluations[i] more
  std::string song;                               // the source of the best one
};

// Random expressions, then a steady-state genetic search that starts from the best of them. Songs that do not fit the
// size class of 32 slots do not count. Deterministic.
AttackReport attack(const Network& net, const AttackOptions& options);

}  // namespace sotto::judge::train
