// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/tables.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sound/bytebeat/fraction.h"
#include "sound/bytebeat/program.h"

namespace sotto::sound {
namespace {

// Fraction bits of a table that has no small exact denominator, at most.
constexpr int kTableBits = 14;

// As fine as leaves t times an entry in a word: a table of pitches multiplies t.
int64_t table_denominator(double largest) {
  int64_t denominator = 1 << kTableBits;
  const double room = static_cast<double>(kWordMax) / (largest * kSamples);
  while (denominator > (1 << kFractionBits) && static_cast<double>(denominator) > room) denominator /= 2;
  while (denominator > 1 && largest * static_cast<double>(denominator) > static_cast<double>(kWordMax)) denominator /= 2;
  return denominator;
}

// To the nearest, but never into the next integer: consumers that truncate must hear trunc(v).
double scaled_entry(double v, int64_t denominator) {
  const double d = static_cast<double>(denominator), nearest = std::round(v * d);
  return std::trunc(nearest / d) == std::trunc(v) ? nearest : std::trunc(v * d);
}

PackedTable integer_table(std::vector<double> table) {
  for (double& v : table) v = std::isnan(v) ? 0 : v;
  PackedTable packed;
  packed.size = static_cast<uint32_t>(table.size());
  double largest = 1;
  for (double v : table) {
    largest = std::max(largest, std::abs(v));
    if (v == std::trunc(v) || packed.denominator > kSmallDenominator) continue;
    packed.denominator = std::lcm(packed.denominator, nearest_rational(v, kWordMax, kSmallDenominator).q);
  }
  bool exact = packed.denominator <= kSmallDenominator &&
               largest * static_cast<double>(packed.denominator) <= static_cast<double>(kWordMax);
  for (double v : table) {
    const double scaled = v * static_cast<double>(packed.denominator);
    exact = exact && std::abs(scaled - std::round(scaled)) <= std::abs(scaled) * 1e-15;
  }
  if (!exact) packed.denominator = table_denominator(largest);
  for (double v : table) packed.words.push_back(static_cast<uint32_t>(to_int32(scaled_entry(v, packed.denominator))));
  while (!packed.words.empty() && packed.words.back() == 0) packed.words.pop_back();  // past the end is 0 anyway
  return packed;
}

bool always_in_range(const Formula& formula, const std::vector<bool>& live, uint32_t table, uint32_t size) {
  for (TermId i = 0; i < live.size(); i++) {
    const Term& x = formula.terms()[i];
    if (!live[i] || x.op != TermOp::kLookup || x.table != table) continue;
    const Term& index = formula.terms()[x.a];
    if (index.lo < 0 || index.hi >= size) return false;
  }
  return true;
}

// Appends the table to the private table, or finds it there.
void place(PackedTable& table, bool more_follow, std::vector<uint32_t>& all) {
  const auto there = std::search(all.begin(), all.end(), table.words.begin(), table.words.end());
  if (there != all.end() && table.words.size() == table.size) {
    table.offset = static_cast<uint32_t>(there - all.begin());
    return;
  }
  table.offset = static_cast<uint32_t>(all.size());
  all.insert(all.end(), table.words.begin(), table.words.end());
  // Its own zeros at the end must stay where another table follows.
  if (more_follow) all.resize(table.offset + table.size);
}

}  // namespace

Result<TableLayout> lay_out_tables(const Formula& formula, const std::vector<bool>& live) {
  TableLayout layout;
  std::vector<uint32_t> needed, overrun;
  for (TermId i = 0; i < live.size(); i++) {
    if (!live[i] || formula.terms()[i].op != TermOp::kLookup) continue;
    const uint32_t k = formula.terms()[i].table;
    if (k >= layout.tables.size()) layout.tables.resize(k + 1);
    if (layout.tables[k].size > 0) continue;
    layout.tables[k] = integer_table(formula.table(k));
    (always_in_range(formula, live, k, layout.tables[k].size) ? needed : overrun).push_back(k);
    if (needed.size() + overrun.size() > kMaxTable) return input_error("the song has more than " + std::to_string(kMaxTable) + " tables");
  }
  // Tables whose index is always in range come first; past the end of the last one every entry is 0 without a test.
  needed.insert(needed.end(), overrun.begin(), overrun.end());
  for (uint32_t k : needed) place(layout.tables[k], k != needed.back(), layout.words);
  for (uint32_t k : needed) {
    PackedTable& table = layout.tables[k];
    table.last = table.offset + table.words.size() == layout.words.size();
  }
  if (layout.words.size() <= kMaxTable) return layout;
  return input_error("the song's tables have " + std::to_string(layout.words.size()) + " entries; at most " +
                     std::to_string(kMaxTable) + " fit");
}

}  // namespace sotto::sound
