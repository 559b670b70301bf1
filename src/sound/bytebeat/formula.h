// SPDX-License-Identifier: Apache-2.0
// A song as a graph of real-valued terms: what JavaScript computes, before it is brought to 32-bit words (lower.h).
// Equal terms are one term; constants are folded with the double arithmetic of JavaScript.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/check.h"

namespace sotto::sound {

enum class TermOp : uint8_t {
  kNumber, kT, kAdd, kSub, kMul, kDiv, kMod, kPow, kAnd, kOr, kXor, kShl, kShr, kUshr, kLt, kLe, kGt, kGe, kEq, kNe,
  kSelect,  // a ? b : c
  kLookup,  // tables()[table][a]; 0 where a is no index of the table
  kFloor, kTrunc, kSin,
  kNoise  // of stream `number` (noise.h); in [0, 1)
};

using TermId = uint32_t;

struct Term {
  TermOp op = TermOp::kNumber;
  TermId a = 0, b = 0, c = 0;  // smaller than the term's own id
  double number = 0;           // kNumber, kNoise
  uint32_t table = 0;          // kLookup
  bool integer = false;        // every value is an integer
  double lo = 0, hi = 0;       // every value is in [lo, hi], for 0 <= t < kSamples
};

// ToInt32 of ECMA-262: truncation, then modulo 2^32. NaN and infinities give 0.
int32_t to_int32(double x);

// What JavaScript computes on numbers; NaN may result. Requires: a binary operation.
double apply(TermOp op, double a, double b);

class Formula {
 public:
  Formula();
  TermId number(double value);
  TermId t() const { return 0; }
  // kPow only of two numbers (anything else is a bug); true counts as 1.
  TermId binary(TermOp op, TermId a, TermId b);
  TermId select(TermId condition, TermId yes, TermId no);
  TermId floor(TermId a);
  TermId trunc(TermId a);
  TermId sin(TermId a);
  TermId noise(uint32_t stream);
  // Entries that are no finite number are heard as 0, but what is computed from them in the table stays NaN.
  TermId lookup(std::vector<double> table, TermId index);
  // The same lookup with every entry mapped; a number is mapped itself. Requires: lookup_term is a lookup or a number.
  template <class F>
  TermId map_lookup(TermId lookup_term, F f) {
    if (is_number(lookup_term)) return number(f(terms_[lookup_term].number));
    SOTTO_CHECK(is_lookup(lookup_term));
    std::vector<double> table = tables_[terms_[lookup_term].table];
    for (double& entry : table) entry = f(entry);
    return lookup(std::move(table), terms_[lookup_term].a);
  }
  // The term as a lookup (or a number), if it is one, an integer in a range of at most kMaxTable (unless `tables_only`), or one
  // of these and constants.
  std::optional<TermId> as_lookup(TermId a, bool tables_only = false);

  const std::vector<Term>& terms() const { return terms_; }
  const std::vector<double>& table(uint32_t i) const { return tables_[i]; }
  bool is_number(TermId id) const { return terms_[id].op == TermOp::kNumber; }
  bool is_number(TermId id, double value) const { return is_number(id) && terms_[id].number == value; }
  bool is_lookup(TermId id) const { return terms_[id].op == TermOp::kLookup; }

 private:
  TermId intern(Term term);
  TermId simplify(TermOp op, TermId a, TermId b) const;  // kNone where nothing simplifies
  void set_range(Term& term) const;
  // So many low bits of every value are certainly 0.
  unsigned low_zeros(TermId a, unsigned depth) const;

  struct Hash {
    size_t operator()(const Term& term) const;
  };
  struct Same {
    bool operator()(const Term& x, const Term& y) const;
  };
  std::vector<Term> terms_;
  std::vector<std::vector<double>> tables_;
  std::map<std::vector<uint64_t>, uint32_t> table_ids_;  // by the bits of the entries
  std::unordered_map<Term, TermId, Hash, Same> known_;
};

}  // namespace sotto::sound
