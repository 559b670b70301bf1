// SPDX-License-Identifier: Apache-2.0
// The finished trials of a benchmark, kept in one JSON file, so that an interrupted run goes on where it was.
#pragma once
#include <string>
#include <vector>

#include "base/bytes.h"
#include "contest/mind/benchmark/trial.h"

namespace sotto::contest {

struct Ledger {
  Bytes32 judge{};         // digest: trials of different judges do not compare
  uint32_t max_score = 0, score_unit = 1;  // max_score of the judge as it is, also where the scale is open
  unsigned slots = 0;      // size class
  std::vector<Trial> trials;

  const Trial* find(std::string_view search, uint64_t seed) const;
  // In the place of a shorter trial of the same search and seed, or in order of search and seed.
  void add(Trial trial);
};

// A ledger without trials if there is no such file.
Result<std::vector<Trial>> read_trials(const std::string& path, const Ledger& expected);
Status write_ledger(const std::string& path, const Ledger& ledger);

}  // namespace sotto::contest
