// SPDX-License-Identifier: Apache-2.0
// The lookups of the statement, read off its code: which table a row looks up, with which columns.
#pragma once
#include "claim/statement/constraint_sums.h"

namespace sotto::forge {

// A ring in which a denominator gamma + id + beta^i (column + limb column + ..) + .. is its own description.
struct Part {
  int beta = -1;      // its power, less 1
  unsigned column = 0;
  unsigned limbs = 0;  // the column counts 2^(limbs limb_bits) times
};
struct Symbol {
  unsigned id = 0;
  Part factor;  // of what follows, where this is a number
  std::vector<Part> parts;
};
inline Symbol operator*(const Symbol& number, Symbol columns) {
  for (Part& p : columns.parts) {
    if (number.factor.beta >= 0) p.beta = number.factor.beta;
    p.limbs += number.factor.limbs;
  }
  return columns;
}
inline Symbol operator+(Symbol a, const Symbol& b) {
  a.id += b.id;
  a.parts.insert(a.parts.end(), b.parts.begin(), b.parts.end());
  return a;
}

// One lookup of a row: the table's id and the columns of the tuple.
struct Site {
  std::string name;
  unsigned table = 0;
  std::vector<Part> parts;
};

inline claim::LookupChallenges<Symbol> symbolic_challenges() {
  claim::LookupChallenges<Symbol> l;
  for (unsigned i = 0; i < std::size(l.beta); i++) l.beta[i].factor.beta = static_cast<int>(i);
  for (unsigned id = 0; id < std::size(l.base); id++) l.base[id].id = id;
  return l;
}
inline Symbol symbolic_limb() {
  Symbol s;
  s.factor.limbs = 1;
  return s;
}
inline Symbol symbolic_column(unsigned c) {
  Symbol s;
  s.parts = {{-1, c, 0}};
  return s;
}
inline std::vector<Site> machine_sites() {
  using Denominators = claim::VmDenominators<Symbol>;
  static_assert(sizeof(Denominators) == 10 * sizeof(Symbol), "another lookup: name it here");
  const Denominators q = claim::vm_denominators(symbolic_challenges(), symbolic_limb(), symbolic_column);
  std::vector<Site> sites;
  auto add = [&](const std::string& name, const Symbol& s) { sites.push_back({name, s.id, s.parts}); };
  add("limb 0", q.a), add("limb 1", q.b1), add("limb 2", q.b2), add("limb 3", q.c);
  for (unsigned i = 0; i < 4; i++) add(std::string("range ") + claim::kColumnNames[claim::kW1l + i], q.w[i]);
  add("song", q.song), add("sine", q.sine);
  return sites;
}
// Of a row of the logarithm, of a layer, of the score; what a row looks up depends on its region (judge_sums).
enum class JudgeRegion { kLog, kConv, kScore };
inline std::vector<Site> judge_sites(JudgeRegion region) {
  using Denominators = claim::JudgeDenominators<Symbol>;
  static_assert(sizeof(Denominators) == 8 * sizeof(Symbol), "another lookup: name it here");
  const Denominators q = claim::judge_denominators(symbolic_challenges(), symbolic_column);
  std::vector<Site> sites;
  auto add = [&](const std::string& name, const Symbol& s) { sites.push_back({name, s.id, s.parts}); };
  for (unsigned i = 0; i < 4; i++) add(std::string("range ") + claim::kColumnNames[claim::kQ0 + i], q.range[i]);
  if (region == JudgeRegion::kLog) add("log table", q.log), add("exponent table", q.exponent);
  if (region == JudgeRegion::kConv) add("activation table", q.act);
  if (region == JudgeRegion::kScore) add("score table", q.score);
  return sites;
}

}  // namespace sotto::forge
