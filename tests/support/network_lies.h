// SPDX-License-Identifier: Apache-2.0
// A lie for every constraint of a network: it breaks that one alone, and everything that follows from the lie is computed from it.
#pragma once
#include <cmath>

#include "support/network_toy.h"

namespace sotto::network_attack {

struct NamedLie {
  std::string constraint, what;
  Plan plan;
};

// The lowest digits of a number.
inline void put_digits(Cells& c, uint64_t row, __int128 v, unsigned first, unsigned count) {
  for (unsigned i = 0; i < count; i++, v >>= kCellBits) c.at(kQ0 + first + i, row) = static_cast<int64_t>(v & 0xffff);
}

// ---- Rows that are normalised

// What is added to the statistics of row 0, and to its entry 0.
struct NormLie {
  int64_t sum = 0, variance = 0, root = 0, high_root = 0, high_variance = 0;
  int64_t distance = 0, own_root = 0;
};
struct NormRows {
  uint64_t entries, low, high, n;
  int64_t epsilon;
  NormRows(const Subject& s, const std::string& layer)
      : entries(base_of(s, layer + ": sum of parts")), low(base_of(s, layer + ": sum of a row")), high(base_of(s, layer + ": root again")),
        n(uint64_t{1} << s.circuit().relations[s.relation(layer + ": sum of a row")].terms[1].factors[0].bits),
        epsilon(s.circuit().relations[s.relation(layer + ": variance")].constant) {}

  // Row 0 anew from its sums of parts.
  void redo(Cells& c, const NormLie& lie) const {
    const auto count = static_cast<int64_t>(n);
    int64_t sum = lie.sum, squares = 0;
    for (uint64_t k = 0; k < n; k++) sum += c.at(kA, entries + k), squares += c.at(kA, entries + k) * c.at(kA, entries + k);
    const int64_t variance = count * squares - sum * sum + epsilon + lie.variance;
    const __int128 limit = static_cast<__int128>(1) << (2 * kRootBits);
    auto root = static_cast<int64_t>(std::ldexp(1.0, kRootBits) / std::sqrt(static_cast<double>(variance)));
    const auto excess = [&](int64_t r, int64_t v) { return static_cast<__int128>(r) * r * v - limit; };
    while (excess(root, variance) > 0) root--;
    while (excess(root + 1, variance) <= 0) root++;
    root += lie.root;
    c.at(kA, low) = root, c.at(kB, low) = variance, c.at(kC, low) = sum, c.at(kIn, low) = root & 0xffff;
    c.at(kA, high) = root + lie.high_root, c.at(kB, high) = variance + lie.high_variance, c.at(kIn, high) = root >> kCellBits;
    put_digits(c, low, -excess(root, variance), 0, 4);
    put_digits(c, high, excess(c.at(kA, high) + 1, c.at(kB, high)) - 1, 0, 4);
    for (uint64_t k = 0; k < n; k++) {
      const uint64_t row = entries + k;
      c.at(kB, row) = count * c.at(kA, row) - sum + (k == 0 ? lie.distance : 0);
      c.at(kC, row) = root + (k == 0 ? lie.own_root : 0);
      const __int128 scaled = (static_cast<__int128>(c.at(kB, row)) * c.at(kC, row) + (1 << (kScaleShift - 1))) << (32 - kScaleShift);
      c.at(kIn, row) = static_cast<int64_t>(scaled >> 32) + (1 << 15);
      put_digits(c, row, scaled & 0xffffffff, 0, 2);
    }
  }
};

// gates: whether to break them, too; all layers share their powers of alpha.
inline void add_norm_lies(const Subject& s, const std::string& layer, size_t step, bool gates, std::vector<NamedLie>& out) {
  const NormRows rows(s, layer);
  using Change = std::function<void(Cells&)>;
  const auto add = [&](const std::string& what, const NormLie& lie, const Change& before = {}, const Change& after = {}) {
    out.push_back({what, layer, tampered(s, step, [&](Cells& c) {
      if (before) before(c);
      rows.redo(c, lie);
      if (after) after(c);
    })});
  };
  add(layer + ": sum of parts", {}, [&](Cells& c) { c.at(kA, rows.entries)++; });
  add(layer + ": distance", {.distance = 1000});
  add(layer + ": root of a row", {.own_root = 100000});
  add(layer + ": sum of a row", {.sum = 1});
  add(layer + ": variance", {.variance = 1 << 20});
  add(layer + ": digits of the root", {}, {}, [&](Cells& c) { c.at(kIn, rows.low) ^= 1; });
  add(layer + ": root again", {.root = -1, .high_root = 1});
  add(layer + ": variance again", {.high_variance = 1});
  if (!gates) return;
  add("scale 0", {}, {}, [&](Cells& c) { c.at(kIn, rows.entries)++; });
  add("root below 0", {.root = 1});
  add("root above 0", {.root = -1});
}

// One row of bytes, normalised.
inline const Subject& one_row() {
  static const Subject one = [] {
    NetworkBuilder b;
    const DenseLayer same{4, 4, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, {}, 0, false};
    b.output(b.normalise({b.dense(b.bytes(4), same)}, (1 << 15) + 1).result, 4);
    Subject s{"row", make_key(b.finish().value()), {1, 2, 3, 5}, {"bytes", "dense"}};
    add_norm_relations("norm", s.relations);
    s.relations.push_back("output");
    return s;
  }();
  return one;
}

// A root that is a fraction (S3 of the protocol's review): where 4 divides V, R + 1/2 or R - 1/2 has integer remainders, too, and
// everything holds but that R consists of digits.
inline std::vector<NamedLie> fractional_root() {
  const Subject& s = one_row();
  const NormRows rows(s, "norm");
  std::vector<ProverState::Lie> lies;
  Plan plan = tampered(s, 2, [&](Cells& c) {
    SOTTO_CHECK(c.at(kB, rows.low) % 4 == 0);
    const __int128 limit = static_cast<__int128>(1) << (2 * kRootBits), quarter = c.at(kB, rows.low) / 4;
    const int64_t root = c.at(kA, rows.low);
    const auto squared = [&](int64_t twice) { return static_cast<__int128>(twice) * twice * quarter; };
    const int64_t half = squared(2 * root + 1) <= limit ? 1 : -1, twice = 2 * root + half;
    put_digits(c, rows.low, limit - squared(twice), 0, 4);
    put_digits(c, rows.high, squared(twice + 2) - limit - 1, 0, 4);
    const Fr lie = Fr::from_signed(half) * Fr(uint64_t{2}).inverse();
    lies = {{kA, rows.low, lie}, {kA, rows.high, lie}};
    for (uint64_t row = rows.entries; row < rows.entries + rows.n; row++) {
      lies.push_back({kC, row, lie});
      const __int128 scaled = (static_cast<__int128>(c.at(kB, row)) * twice + (1 << kScaleShift)) << (31 - kScaleShift);
      c.at(kIn, row) = static_cast<int64_t>(scaled >> 32) + (1 << 15);
      put_digits(c, row, scaled & 0xffffffff, 0, 2);
    }
  });
  plan.lies = std::move(lies);
  return {{"norm: digits of the root", "a root that is a fraction", std::move(plan)}};
}

// ---- Softmax

// Row 2 of head 0: entries 0 .. 2 are scores, 3 is masked.
struct SoftmaxRow {
  const Subject& s;
  uint64_t shifted, divided;
  static constexpr uint64_t kSize = 4;
  explicit SoftmaxRow(const Subject& subject)
      : s(subject), shifted(base_of(s, "softmax: score") + 2 * kSize), divided(base_of(s, "softmax: numerator") + 2 * kSize) {}

  int64_t score(const Cells& c, uint64_t x) const { return x == 3 ? s.circuit().masked_value : c.at(kA, shifted + x); }
  uint64_t best(const Cells& c) const {
    uint64_t b = 0;
    for (uint64_t x = 1; x < kSize; x++)
      if (score(c, x) > score(c, b)) b = x;
    return b;
  }
  uint64_t other(const Cells& c) const { return best(c) == 0 ? 1 : 0; }  // an entry that is not the greatest
  int64_t exponential(int64_t cell) const {
    const auto& p = s.network().public_columns;
    const int64_t table = p[kLookup - kWitnessColumns][shifted];
    return p[kTableOut - kWitnessColumns][static_cast<size_t>((table - kRangeTable) << kCellBits | cell)];
  }
  // From the scores: what is added to all maxima, and to In and B of one entry.
  void redo(Cells& c, int64_t maximum, uint64_t at, int64_t in, int64_t own_maximum) const {
    const uint64_t b = best(c);
    for (uint64_t x = 0; x < kSize; x++) {
      c.at(kB, shifted + x) = score(c, b) + maximum + (x == at ? own_maximum : 0), c.at(kC, shifted + x) = x == b;
      c.at(kIn, shifted + x) = c.at(kB, shifted + x) - score(c, x) + (x == at ? in : 0);
      c.at(kOut, shifted + x) = exponential(c.at(kIn, shifted + x));
    }
    int64_t total = 0;
    for (uint64_t x = 0; x < kSize; x++) total += c.at(kOut, shifted + x);
    for (uint64_t x = 0; x < kSize; x++) divide(c, x, c.at(kOut, shifted + x), total);
  }
  void divide(Cells& c, uint64_t x, int64_t numerator, int64_t total) const {
    const int64_t scaled = (numerator << kCellBits) + total, remainder = scaled % (2 * total);
    c.at(kA, divided + x) = numerator, c.at(kB, divided + x) = total, c.at(kIn, divided + x) = scaled / (2 * total);
    put_digits(c, divided + x, remainder, 0, 2), put_digits(c, divided + x, 2 * total - 1 - remainder, 2, 2);
  }
};

inline void add_softmax_lies(const Subject& s, size_t step, std::vector<NamedLie>& out) {
  const SoftmaxRow row(s);
  const auto add = [&](const std::string& constraint, const std::string& what, const std::function<void(Cells&)>& lie) {
    out.push_back({constraint, what, tampered(s, step, lie)});
  };
  add("softmax: score", "another score", [&](Cells& c) { c.at(kA, row.shifted) += 300, row.redo(c, 0, 0, 0, 0); });
  add("softmax: one maximum", "a maximum of its own", [&](Cells& c) { row.redo(c, 0, row.other(c), 0, 700); });
  add("softmax: one place", "a maximum that no score reaches", [&](Cells& c) {
    row.redo(c, 700, 0, 0, 0);
    for (uint64_t x = 0; x < row.kSize; x++) c.at(kC, row.shifted + x) = 0;
  });
  add("zero 0", "a maximum that no score reaches, and a place for it", [&](Cells& c) { row.redo(c, 700, 0, 0, 0); });
  add("zero 0", "a place of another score", [&](Cells& c) {
    std::swap(c.at(kC, row.shifted + row.best(c)), c.at(kC, row.shifted + row.other(c)));
  });
  add("shift 0", "another difference", [&](Cells& c) { row.redo(c, 0, row.other(c), 700, 0); });
  add("masked 0", "a masked score that counts", [&](Cells& c) { row.redo(c, 0, 3, -row.score(c, row.best(c)) + row.score(c, 3), 0); });
  add("softmax: numerator", "another numerator", [&](Cells& c) {
    row.divide(c, 0, c.at(kA, row.divided) + 5000, c.at(kB, row.divided));
  });
  add("softmax: denominator", "another denominator", [&](Cells& c) {
    row.divide(c, 0, c.at(kA, row.divided), c.at(kB, row.divided) + 5000);
  });
  add("divide 0", "another quotient", [&](Cells& c) { c.at(kIn, row.divided)++; });
  add("divide 1", "a remainder above its divisor", [&](Cells& c) {
    c.at(kIn, row.divided)--;
    const int64_t remainder = c.at(kQ0, row.divided) + (c.at(kQ1, row.divided) << kCellBits) + 2 * c.at(kB, row.divided);
    put_digits(c, row.divided, remainder, 0, 2);
  });
}

// ---- Lookups and helpers. `row`: its digits are read by nobody.

inline Fr inverse_digit(const ProverState& st, const Fr& v) {
  return LookupChallenges(st.challenges.gamma, st.challenges.beta).digit(v).inverse();
}

inline void add_lookup_lies(const Subject& s, uint64_t row, std::vector<NamedLie>& out) {
  constexpr int64_t kBad = 1 << kCellBits;
  for (unsigned q = kQ0; q <= kQ3; q++) {
    Plan plan = honest_plan(s);
    plan.cells.at(q, row) = kBad;
    out.push_back({"lookups", "a digit of 17 bits in Q" + std::to_string(q - kQ0), plan});
    // A helper that speaks of the digit 0 instead, counted there.
    plan.phase1 = [](ProverState& st) { st.multiplicities[0]++; };
    plan.phase2 = [=](ProverState& st) {
      (q == kQ3 ? st.h2 : st.h1)[row] += inverse_digit(st, Fr::zero()) - inverse_digit(st, Fr(uint64_t{kBad}));
    };
    out.push_back({q == kQ3 ? "helper 2" : "helper 1", "a helper without the digit in Q" + std::to_string(q - kQ0), plan});
    // The pole is paid for by a table's row that does not have it.
    plan.phase1 = {};
    plan.phase2 = [=](ProverState& st) { st.ht[5] += inverse_digit(st, Fr(uint64_t{kBad})); };
    out.push_back({"tables", "a table with the digit in Q" + std::to_string(q - kQ0), plan});
  }
  Plan plan = honest_plan(s);
  plan.cells.at(kOut, row) = 1;
  out.push_back({"lookups", "a value of the range table", plan});
  plan = honest_plan(s);
  plan.phase1 = [](ProverState& st) { st.lies.push_back({kM, 7, Fr::one()}); };
  out.push_back({"lookups", "a multiplicity", plan});
}

// ---- Dense layers and products: a result that is off by one.

inline void add_result_lie(const Subject& s, const std::string& relation, size_t step, std::vector<NamedLie>& out) {
  const uint64_t row = base_of(s, relation);
  const unsigned column = s.circuit().relations[s.relation(relation)].terms[0].column;
  out.push_back({relation, "a result off by one", tampered(s, step, [=](Cells& c) { c.at(column, row)++; })});
}

// Folded columns that change where their product does not see it.
inline void add_fold_lies(const Subject& s, const std::string& layer, const std::string& first, const std::string& second,
                          std::vector<NamedLie>& out) {
  const uint64_t base = base_of(s, layer, 2);
  for (const bool is_first : {true, false}) {
    Plan plan = honest_plan(s);
    plan.phase2 = [=](ProverState& st) {
      auto &v = is_first ? st.v1 : st.v2, &other = is_first ? st.v2 : st.v1;
      v[base] += other[base + 1], v[base + 1] -= other[base];
    };
    out.push_back({layer + (is_first ? first : second), "folded values that nothing was folded to", plan});
  }
}

// ---- All of a network

// A neuron whose top bit is a fraction: C = 1 - 2^-a, and A = C x is an integer when 2^a divides x.
inline Plan fractional_relu() {
  const Subject& s = mlp();
  const uint64_t base = base_of(s, "hidden");
  Fr lie;
  uint64_t row = base;
  Plan plan = tampered(s, 1, [](Cells&) {});
  const auto x = [&](const Cells& c) { return c.at(kIn, row) - (1 << 15); };
  while (x(plan.cells) <= 0 || x(plan.cells) % 2 != 0) SOTTO_CHECK(++row < base + 6);
  const int64_t even = x(plan.cells) & -x(plan.cells);
  plan = tampered(s, 2, [&](Cells& c) { c.at(kA, row) -= c.at(kA, row) / even, c.at(kQ1, row) += (1 << 16) / even; });
  lie = -Fr(static_cast<uint64_t>(even)).inverse();
  plan.lies = {{kC, row, lie}};
  return plan;
}

inline std::vector<NamedLie> mlp_lies() {
  const Subject& s = mlp();
  std::vector<NamedLie> out;
  const uint64_t hidden = base_of(s, "hidden"), logits = base_of(s, "logits");
  out.push_back({"bytes", "a pixel of 300", tampered(s, 0, [](Cells& c) { c.at(kIn, 0) = 300; })});
  add_result_lie(s, "hidden", 1, out);
  add_result_lie(s, "logits", 3, out);
  out.push_back({"relu 0", "a top bit that is a fraction", fractional_relu()});
  out.push_back({"relu 1", "a sign that is not checked", tampered(s, 2, [=](Cells& c) { c.at(kQ1, hidden) ^= 1; })});
  out.push_back({"relu 1", "another branch", tampered(s, 2, [=](Cells& c) {
    const int64_t top = 1 - c.at(kC, hidden);
    c.at(kC, hidden) = top, c.at(kA, hidden) = top * (c.at(kIn, hidden) - (1 << 15));
  })});
  out.push_back({"relu 2", "another result", tampered(s, 2, [=](Cells& c) { c.at(kA, hidden) += 7; })});
  out.push_back({"lookups", "a quotient too small and a remainder too large", tampered(s, 1, [=](Cells& c) {
    c.at(kIn, hidden)--, c.at(kQ0, hidden) += 1 << 16;
  })});
  out.push_back({"lookups", "a low half of 17 bits", tampered(s, 3, [=](Cells& c) { c.at(kIn, logits) += 1 << 16, c.at(kQ1, logits)--; })});
  Plan plan = honest_plan(s);
  plan.output[1]--;
  out.push_back({"output", "another output", plan});
  return out;
}

inline std::vector<NamedLie> gpt_lies() {
  const Subject& s = gpt();
  std::vector<NamedLie> out;
  // Steps: tokens, embed, norm 1, queries, keys, values, scores, softmax, mix, attended, norm 2, hidden, its table, back, norm 3, logits.
  const uint64_t tokens = base_of(s, "one-hot"), embedding = base_of(s, "embedding"), hidden = base_of(s, "hidden");
  const auto embed = [=](Cells& c, int64_t first, int64_t second) {  // row 0 as `first` times its token 0 and `second` times token 1
    const Subject& g = gpt();
    const Term& term = g.circuit().relations[g.relation("embedding")].terms[1];
    const Matrix& m = g.circuit().matrices[term.factors[0].value];
    const auto weight = [&](uint64_t token, uint64_t k) { return g.network().public_columns[0][m.base + token + (k << m.in_bits)]; };
    c.at(kC, tokens) = first, c.at(kC, tokens + 1) = second;
    for (uint64_t k = 0; k < 16; k++) c.at(kA, embedding + k) += (first - 1) * weight(0, k) + second * weight(1, k);
  };
  out.push_back({"bit 0", "a token that is 2 a - b", tampered(s, 1, [=](Cells& c) { embed(c, 2, -1); })});
  out.push_back({"one-hot", "two tokens at once", tampered(s, 1, [=](Cells& c) { embed(c, 1, 1); })});
  add_result_lie(s, "embedding", 1, out);
  add_norm_lies(s, "norm 1", 2, true, out);
  for (const auto& [name, step] : {std::pair("queries", 3), {"keys", 4}, {"values", 5}, {"scores", 6}, {"mix", 8}, {"attended", 9}, {"hidden", 11},
                                   {"back", 13}, {"logits", 15}})
    add_result_lie(s, name, static_cast<size_t>(step), out);
  add_fold_lies(s, "scores", ": folded queries", ": folded keys", out);
  add_softmax_lies(s, 7, out);
  add_fold_lies(s, "mix", ": folded shares", ": folded values", out);
  add_norm_lies(s, "norm 2", 10, false, out);
  out.push_back({"lookups", "another value of a function", tampered(s, 12, [=](Cells& c) { c.at(kOut, hidden)++; })});
  add_norm_lies(s, "norm 3", 14, false, out);
  Plan plan = honest_plan(s);
  plan.output[3]++;
  out.push_back({"output", "another output", plan});
  add_lookup_lies(s, tokens, out);
  return out;
}

}  // namespace sotto::network_attack
