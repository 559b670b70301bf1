// SPDX-License-Identifier: Apache-2.0
// What the trials of a benchmark say: quartiles per search, and where the evolver stands against the best baseline.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "contest/mind/benchmark/ledger.h"
#include "contest/mind/benchmark/statistics.h"

namespace sotto::contest {

// How the evolver compares with the baseline that has the highest median.
struct Verdict {
  std::string rival;        // empty: there is no baseline
  Comparison comparison;    // of the search with that baseline
};

struct Row {
  uint64_t songs = 0;
  std::string search;
  size_t seeds = 0;
  Quartiles best, quality, coverage, instructions, seconds;  // best in points of the judge, not in units
  Verdict by_best, by_quality, by_coverage;                   // of the evolver alone
};

// Songs until a score was reached.
struct Reach {
  uint32_t score = 0;
  std::string search;
  size_t seeds = 0, reached = 0;
  std::optional<double> median;  // nothing where fewer than half of the trials reached it
};

struct Report {
  std::vector<Row> rows;      // by songs, then in the order of the searches
  std::vector<Reach> reaches;
};

// After 1,000, 10,000 ... songs and at the end of the longest trials; trials that are shorter do not count there.
Report make_report(const Ledger& ledger, const std::vector<std::string>& searches);

// `unit` is that of the judge: scores are shown in points.
std::string as_markdown(const Report& report, uint32_t unit);

}  // namespace sotto::contest
