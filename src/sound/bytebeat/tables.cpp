// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/tables.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "sound/bytebeat/fraction.h"

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
    packed.lo = std::min(packed.lo, v);
    packed.hi = std::max(packed.hi, v);
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

// What a table of pitches multiplies: integers of at most this magnitude, or anything (then 0).
struct Factors {
  double magnitude = 0;
  bool negative = false, other = false;
};

std::vector<Factors> factors_of_tables(const Formula& formula, const std::vector<bool>& live) {
  std::vector<Factors> all;
  const auto note = [&](const Term& use, TermId operand, TermId factor) {
    const Term &self = formula.terms()[operand], &x = formula.terms()[factor];
    if (self.op != TermOp::kLookup) return;
    if (self.table >= all.size()) all.resize(self.table + 1);
    Factors& f = all[self.table];
    f.other = f.other || use.op != TermOp::kMul || !x.integer || x.op == TermOp::kLookup || formula.is_number(factor);
    f.magnitude = std::max({f.magnitude, x.hi, -x.lo});
    f.negative = f.negative || x.lo < 0;
  };
  for (TermId i = 0; i < live.size(); i++) {
    const Term& use = formula.terms()[i];
    if (!live[i] || use.op <= TermOp::kT) continue;
    note(use, use.a, use.b);
    if (use.op < TermOp::kSelect) note(use, use.b, use.a);
    if (use.op != TermOp::kSelect) continue;
    note(use, use.b, use.b);
    note(use, use.c, use.c);
  }
  return all;
}

// A factor x and an entry e = w / 2^(s + n) give x e 2^s = (x (w >> n)) + (x (w mod 2^n) >> n), rounded down, in words: the
// second product has room for n bits, the sum for s. So the product is as fine as if it had been made in 48 bits.
void refine_pitches(PackedTable& packed, const std::vector<double>& table, const Factors& f) {
  if (!is_pitch_table(table) || f.other || f.magnitude < 1 || f.magnitude > 4194304) return;
  const double largest = std::max({packed.hi, -packed.lo, 1.0});
  const int n = std::min(15, static_cast<int>(std::floor(std::log2(f.negative ? 2147483647.0 / f.magnitude : 4294967295.0 / f.magnitude))));
  const int s = std::min(30 - n, static_cast<int>(std::floor(std::log2(2147483647.0 / (f.magnitude * largest)))));
  if (s < 1 || std::ldexp(largest, s + n) > static_cast<double>(kWordMax)) return;
  packed.low_bits = static_cast<unsigned>(n);
  packed.denominator = int64_t{1} << (s + n);
  packed.words.clear();
  for (double v : table) {
    const double scaled = std::isnan(v) ? 0 : std::ldexp(v, s + n);
    // What is a fraction must not fall short of it: x e may be an integer.
    const double word = !std::isnan(v) && is_fraction(v, 4096) ? std::ceil(scaled) : std::round(scaled);
    packed.words.push_back(static_cast<uint32_t>(to_int32(word)));
  }
  while (!packed.words.empty() && packed.words.back() == 0) packed.words.pop_back();
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
  const bool packed = table.bits < 32;
  if (there != all.end() && (packed || table.words.size() == table.size)) {
    table.offset = static_cast<uint32_t>(there - all.begin());
    return;
  }
  table.offset = static_cast<uint32_t>(all.size());
  all.insert(all.end(), table.words.begin(), table.words.end());
  // Its own zeros at the end must stay where another table follows.
  if (more_follow && !packed) all.resize(table.offset + table.size);
}

// The same entries, several in a word, if they are small enough.
std::optional<PackedTable> narrowed(const PackedTable& table) {
  int64_t lo = 0, hi = 0;
  for (uint32_t word : table.words) {
    lo = std::min<int64_t>(lo, static_cast<int32_t>(word));
    hi = std::max<int64_t>(hi, static_cast<int32_t>(word));
  }
  PackedTable narrow = table;
  for (narrow.bits = 1; narrow.bits < 32 && (hi - lo) >> narrow.bits != 0; narrow.bits *= 2) {
  }
  if (narrow.bits == 32) return std::nullopt;
  narrow.bias = static_cast<int32_t>(lo);
  const unsigned per_word = 32 / narrow.bits;
  narrow.words.assign((table.size + per_word - 1) / per_word, 0);
  for (uint32_t i = 0; i < table.size; i++) {
    const int64_t entry = i < table.words.size() ? static_cast<int32_t>(table.words[i]) : 0;
    narrow.words[i / per_word] |= static_cast<uint32_t>(entry - lo) << (i % per_word * narrow.bits);
  }
  return narrow;
}

// Narrows tables, the one that saves most first, until all fit into `room` words.
void make_room(std::vector<PackedTable>& tables, const std::vector<uint32_t>& needed, size_t room) {
  size_t total = 0;
  for (uint32_t k : needed) total += tables[k].words.size();
  while (total > room) {
    PackedTable* best = nullptr;
    PackedTable best_narrow;
    for (uint32_t k : needed) {
      const auto narrow = tables[k].bits == 32 ? narrowed(tables[k]) : std::nullopt;
      const auto saving = [](const PackedTable& wide, const PackedTable& packed) {
        return static_cast<int64_t>(wide.words.size()) - static_cast<int64_t>(packed.words.size());
      };
      if (!narrow || saving(tables[k], *narrow) <= (best ? saving(*best, best_narrow) : 0)) continue;
      best = &tables[k];
      best_narrow = *narrow;
    }
    if (best == nullptr) return;
    total -= best->words.size() - best_narrow.words.size();
    *best = best_narrow;
  }
}

}  // namespace

bool is_pitch_table(const std::vector<double>& table) {
  return std::any_of(table.begin(), table.end(), [](double v) {
    return std::isfinite(v) && std::abs(v) < static_cast<double>(kWordMax) && !is_fraction(v, kSmallDenominator);
  });
}

Result<TableLayout> lay_out_tables(const Formula& formula, const std::vector<bool>& live, const TableOptions& options) {
  TableLayout layout;
  const std::vector<Factors> factors = factors_of_tables(formula, live);
  std::vector<uint32_t> needed, overrun;
  for (TermId i = 0; i < live.size(); i++) {
    if (!live[i] || formula.terms()[i].op != TermOp::kLookup) continue;
    const uint32_t k = formula.terms()[i].table;
    if (k >= layout.tables.size()) layout.tables.resize(k + 1);
    if (layout.tables[k].size > 0) continue;
    layout.tables[k] = integer_table(formula.table(k));
    if (options.pitches && k < factors.size()) refine_pitches(layout.tables[k], formula.table(k), factors[k]);
    (always_in_range(formula, live, k, layout.tables[k].size) ? needed : overrun).push_back(k);
    if (needed.size() + overrun.size() > kMaxTable) return input_error("the song has more than " + std::to_string(kMaxTable) + " tables");
  }
  // Tables whose index is always in range come first; past the end of the last one every entry is 0 without a test.
  needed.insert(needed.end(), overrun.begin(), overrun.end());
  make_room(layout.tables, needed, options.room);
  for (uint32_t k : needed) place(layout.tables[k], k != needed.back(), layout.words);
  for (uint32_t k : needed) {
    PackedTable& table = layout.tables[k];
    table.last = table.bits == 32 && table.offset + table.words.size() == layout.words.size();
  }
  if (layout.words.size() <= kMaxTable) return layout;
  return input_error("the song's tables have " + std::to_string(layout.words.size()) + " entries; at most " +
                     std::to_string(kMaxTable) + " fit");
}

}  // namespace sotto::sound
