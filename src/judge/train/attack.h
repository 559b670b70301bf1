// SPDX-License-Identifier: Apache-2.0
// How far a plain search gets against a judge: what the card says about its exploits.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "judge/net/network.h"

namespace sotto::judge::train {

struct AttackOptions {
  uint64_t seed = 1;
  std::vector<size_t> evaluations = {1000, 10000};  // ascending: where its best is noted; the first 1,000 are random programs
};

struct Evolved {
  double head = 0;  // of the attacked judge
  std::string source;
  std::vector<uint8_t> samples;
};

struct AttackReport {
  std::vector<double> climb;    // best head after options.evaluations[i] songs
  std::vector<Evolved> best;    // the last population, best first
};

// Random expressions, then a steady-state genetic search that starts from the best of them, with the judge's head as its only
// feedback. Songs that do not fit the size class of 32 slots do not count. Deterministic.
AttackReport attack(const Network& net, const AttackOptions& options);

// The samples of a source, unless it does not fit that size class; whether there is anything to hear.
std::optional<std::vector<uint8_t>> rendered(const std::string& source);
bool sounds(const std::vector<uint8_t>& samples);

// What such a search starts from: `count` random expressions that sound.
std::vector<std::vector<uint8_t>> random_songs(uint64_t seed, size_t count);

}  // namespace sotto::judge::train
