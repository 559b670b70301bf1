// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/lower.h"

#include <bit>
#include <cmath>
#include <optional>

#include "base/check.h"
#include "sound/bytebeat/fraction.h"
#include "sound/bytebeat/noise.h"
#include "sound/bytebeat/sine.h"
#include "sound/bytebeat/tables.h"

namespace sotto::sound {
namespace {

unsigned operand_count(TermOp op) {
  if (op == TermOp::kNumber || op == TermOp::kT || op == TermOp::kNoise) return 0;
  if (op == TermOp::kSelect) return 3;
  return op == TermOp::kLookup || op == TermOp::kFloor || op == TermOp::kTrunc || op == TermOp::kSin ? 1 : 2;
}

constexpr double kRadians = 6.283185307179586;  // of a turn
constexpr unsigned kMaxAngles = 6;               // sums in sums of an angle

class Lowering {
 public:
  Lowering(const Formula& formula, TermId root, const TableOptions& options) : formula_(formula), root_(root), options_(options) {}

  Result<Program> run() {
    mark_exact();
    SOTTO_TRY(layout_, lay_out_tables(formula_, live_, options_));
    words_ = WordGraph(layout_.words);
    fractions_.resize(root_ + 1);
    for (TermId i = 0; i <= root_; i++) {
      if (live_[i]) fractions_[i] = lower_term(i);
    }
    return words_.finish(arithmetic_.truncated(fractions_[root_]));
  }

 private:
  const Term& term(TermId id) const { return formula_.terms()[id]; }

  // Backwards from the output: which terms are used at all, and whose fraction anybody can hear.
  void mark_exact() {
    live_.assign(root_ + 1, false);
    exact_.assign(root_ + 1, false);
    live_[root_] = true;  // the output truncates: exact_[root_] stays false
    for (TermId i = root_ + 1; i-- > 0;) {
      if (!live_[i]) continue;
      const Term& x = term(i);
      const TermId operands[3] = {x.a, x.b, x.c};
      for (unsigned k = 0; k < operand_count(x.op); k++) {
        live_[operands[k]] = true;
        if (!truncates(i, k)) exact_[operands[k]] = true;
      }
    }
  }

  // Whether truncating operand k of term i changes nothing that is heard. Requires: exact_[i] is final.
  bool truncates(TermId i, unsigned k) const {
    const Term& x = term(i);
    const Term& self = term(k == 0 ? x.a : k == 1 ? x.b : x.c);
    if (self.integer) return true;
    const Term& other = term(k == 0 ? x.b : x.a);
    switch (x.op) {
      case TermOp::kAnd: case TermOp::kOr: case TermOp::kXor:
      case TermOp::kShl: case TermOp::kShr: case TermOp::kUshr: case TermOp::kTrunc: return true;
      // trunc(x + n) = trunc(x) + n for an integer n where neither side is negative.
      case TermOp::kAdd: return !exact_[i] && other.integer && self.lo >= 0 && x.lo >= 0;
      case TermOp::kSub:
        if (k == 1) return !exact_[i] && other.op == TermOp::kNumber && other.number == 0;
        return !exact_[i] && other.integer && self.lo >= 0 && x.lo >= 0;
      case TermOp::kDiv:
      case TermOp::kMod: return k == 0 && !exact_[i] && other.integer;
      // x < n for an integer n depends on floor(x) alone; so does x >= n.
      case TermOp::kLt: case TermOp::kGe: return k == 0 && other.integer && self.lo >= 0;
      case TermOp::kGt: case TermOp::kLe: return k == 1 && other.integer && self.lo >= 0;
      case TermOp::kSelect: return k > 0 && !exact_[i];
      default: return false;
    }
  }

  // An operand, truncated already where its consumer does not hear the fraction.
  Fraction operand(TermId i, unsigned k) {
    const Term& x = term(i);
    const Fraction f = fractions_[k == 0 ? x.a : k == 1 ? x.b : x.c];
    return truncates(i, k) ? Fraction{arithmetic_.truncated(f), 1} : f;
  }

  Fraction lower_term(TermId i) {
    const Term& x = term(i);
    switch (x.op) {
      case TermOp::kNumber: return lower_number(x.number);
      case TermOp::kT: return {words_.t(), 1};
      case TermOp::kAdd:
      case TermOp::kSub:
      case TermOp::kMod: return lower_aligned(i, x.op == TermOp::kAdd ? Op::kAdd : x.op == TermOp::kSub ? Op::kSub : Op::kMod);
      case TermOp::kMul: return lower_product(x);
      case TermOp::kDiv: return lower_quotient(i);
      case TermOp::kAnd: return lower_bits(x, Op::kAnd);
      case TermOp::kOr: return lower_bits(x, Op::kOr);
      case TermOp::kXor: return lower_bits(x, Op::kXor);
      case TermOp::kShl: return lower_bits(x, Op::kShl);
      case TermOp::kShr: return lower_bits(x, Op::kShr);
      case TermOp::kUshr: return lower_bits(x, Op::kUshr);
      case TermOp::kLt: return lower_comparison(x.a, x.b, Op::kLt);
      case TermOp::kGt: return lower_comparison(x.b, x.a, Op::kLt);
      case TermOp::kGe: return lower_comparison(x.a, x.b, Op::kGe);
      case TermOp::kLe: return lower_comparison(x.b, x.a, Op::kGe);
      case TermOp::kEq: return lower_comparison(x.a, x.b, Op::kEq);
      case TermOp::kNe: return lower_comparison(x.a, x.b, Op::kNe);
      case TermOp::kSelect: return lower_select(i);
      case TermOp::kLookup: return lower_lookup(x);
      case TermOp::kFloor: return lower_floor(x);
      case TermOp::kTrunc: return {arithmetic_.truncated(fractions_[x.a]), 1};
      case TermOp::kSin: return {words_.op(Op::kSine, angle(x.a, 1 / kRadians)), kSineOne};
      case TermOp::kNoise: return lower_noise(static_cast<uint32_t>(x.number));
      case TermOp::kPow: break;
    }
    SOTTO_CHECK(false && "a term that no instruction computes");
    return {};
  }

  // floor(w + 0.5) = w where w has no fraction in the machine, though it has one in the song.
  Fraction lower_floor(const Term& x) {
    const Term& sum = term(x.a);
    if (sum.op == TermOp::kAdd && formula_.is_number(sum.b) && fractions_[sum.a].denominator == 1) {
      const double number = term(sum.b).number;
      if (std::abs(number) < 1) return {words_.op(Op::kAdd, fractions_[sum.a].word, words_.constant(number < 0 ? -1 : 0)), 1};
    }
    return arithmetic_.floor(fractions_[x.a]);
  }

  // noise() of noise.h.
  Fraction lower_noise(uint32_t stream) {
    const WordId x = words_.op(Op::kMul, words_.t(), words_.constant(noise_factor(stream)));
    const WordId high = words_.op(Op::kUshr, x, words_.constant(kNoiseShift));
    const WordId product = words_.op(Op::kMul, x, words_.op(Op::kXor, high, words_.t()));
    return {words_.op(Op::kUshr, product, words_.constant(32 - kNoiseBits)), int64_t{1} << kNoiseBits};
  }

  struct Factor {
    double value;
    TermId rest;
  };
  std::optional<Factor> constant_factor(const Term& x) const {
    const bool b = formula_.is_number(x.b);
    if (x.op == TermOp::kMul && b) return Factor{term(x.b).number, x.a};
    if (x.op == TermOp::kMul && formula_.is_number(x.a)) return Factor{term(x.a).number, x.b};
    if (x.op == TermOp::kDiv && b && term(x.b).number != 0) return Factor{1 / term(x.b).number, x.a};
    return std::nullopt;
  }

  // value * turns as an angle: a word of which 2^32 are a turn, so that it may wrap. Factors and terms that are constants
  // are made part of the angle, where they are exact, before they are part of a fraction.
  WordId angle(TermId id, double turns, unsigned depth = 0) {
    while (const auto factor = constant_factor(term(id))) {
      turns *= factor->value;
      id = factor->rest;
    }
    const Term& x = term(id);
    if (x.op == TermOp::kNumber) return arithmetic_.angle({words_.constant(1), 1}, x.number * turns);
    if ((x.op == TermOp::kAdd || x.op == TermOp::kSub) && !x.integer && depth < kMaxAngles) {
      const WordId a = angle(x.a, turns, depth + 1), b = angle(x.b, turns, depth + 1);
      return words_.op(x.op == TermOp::kAdd ? Op::kAdd : Op::kSub, a, b);
    }
    return arithmetic_.angle(fractions_[id], turns);
  }

  Fraction lower_number(double value) {
    if (value == std::trunc(value) || std::isinf(value)) return {words_.constant(to_int32(value)), 1};
    if (std::abs(value) > static_cast<double>(kWordMax)) return {words_.constant(to_int32(value)), 1};
    const Rational r = nearest_rational(value, kWordMax, 4096);
    return {words_.constant(r.p), r.q};
  }

  Fraction lower_aligned(TermId i, Op op) {
    Fraction x = operand(i, 0), y = operand(i, 1);
    arithmetic_.align(x, y);
    return arithmetic_.reduced({words_.op(op, x.word, y.word), x.denominator});
  }

  Fraction lower_bits(const Term& x, Op op) {
    return {words_.op(op, arithmetic_.truncated(fractions_[x.a]), arithmetic_.truncated(fractions_[x.b])), 1};
  }

  Fraction lower_product(const Term& x) {
    const bool constant_a = term(x.a).op == TermOp::kNumber, constant_b = term(x.b).op == TermOp::kNumber;
    if (constant_a || constant_b) {
      const double value = term(constant_a ? x.a : x.b).number;
      const Fraction f = fractions_[constant_a ? x.b : x.a];
      if (std::isinf(value)) return {words_.constant(0), 1};
      if (value == std::trunc(value)) return arithmetic_.scale(f, to_int32(value), 1);
      const Rational r = arithmetic_.factor_for(f, value, false);
      return arithmetic_.scale(f, r.p, r.q);
    }
    if (is_pitch(x.a)) return lower_pitch(x.b, x.a);
    if (is_pitch(x.b)) return lower_pitch(x.a, x.b);
    return arithmetic_.multiply(fractions_[x.a], fractions_[x.b]);
  }

  bool is_pitch(TermId id) const { return term(id).op == TermOp::kLookup && layout_.tables[term(id).table].low_bits > 0; }

  // An integer times a pitch, in two limbs (tables.cpp, refine_pitches).
  Fraction lower_pitch(TermId factor, TermId pitch) {
    const PackedTable& table = layout_.tables[term(pitch).table];
    const WordId x = arithmetic_.truncated(fractions_[factor]), entry = fractions_[pitch].word;
    const WordId n = words_.constant(table.low_bits);
    const WordId high = words_.op(Op::kShr, entry, n);
    const WordId low = words_.op(Op::kAnd, entry, words_.constant((int64_t{1} << table.low_bits) - 1));
    const Op carry = words_.range(x).lo >= 0 ? Op::kUshr : Op::kShr;
    const WordId sum = words_.op(Op::kAdd, words_.op(Op::kMul, x, high), words_.op(carry, words_.op(Op::kMul, x, low), n));
    return {sum, table.denominator >> table.low_bits};
  }

  Fraction lower_quotient(TermId i) {
    const Term& x = term(i);
    const Fraction a = operand(i, 0);
    if (term(x.b).op == TermOp::kNumber) {
      const double value = term(x.b).number;
      const bool negative_word = value < 0 && value >= -2147483648.0 && value == std::trunc(value);
      if (negative_word && a.denominator == 1 && !exact_[i]) {  // -a / 5 is not a / -5 for the least word
        return {words_.op(Op::kDiv, a.word, words_.constant(to_int32(value))), 1};
      }
      if (value == 0 || std::abs(value) > static_cast<double>(kWordMax) || std::abs(value) * static_cast<double>(kWordMax) < 1) {
        return {words_.constant(0), 1};
      }
      const Rational r = arithmetic_.factor_for(a, value, true);
      return r.q == 0 ? Fraction{words_.constant(0), 1} : arithmetic_.scale(a, r.p, r.q);
    }
    return arithmetic_.divide(a, fractions_[x.b], exact_[i]);
  }

  Fraction lower_comparison(TermId a, TermId b, Op op) {
    Fraction x = fractions_[a], y = fractions_[b];
    arithmetic_.align(x, y);
    return {words_.op(op, x.word, y.word), 1};
  }

  Fraction lower_select(TermId i) {
    const Term& x = term(i);
    Fraction yes = fractions_[x.b], no = fractions_[x.c];
    if (yes.denominator != no.denominator && !exact_[i]) {
      yes = {arithmetic_.truncated(yes), 1};
      no = {arithmetic_.truncated(no), 1};
    }
    arithmetic_.align(yes, no);
    return arithmetic_.reduced({words_.op(Op::kSelect, fractions_[x.a].word, yes.word, no.word), yes.denominator});
  }

  Fraction lower_lookup(const Term& x) {
    const PackedTable& table = layout_.tables[x.table];
    if (table.words.empty()) return {words_.constant(0), 1};
    const Fraction index = arithmetic_.reduced(fractions_[x.a]);
    WordId i = arithmetic_.truncated(index);
    const WordRange r = words_.range(i);
    const int64_t size = table.size, offset = table.offset;
    std::vector<WordId> conditions;
    if (index.denominator != 1) {  // JavaScript has no element 1.5
      const WordId rest = words_.op(Op::kMod, index.word, words_.constant(index.denominator));
      conditions.push_back(words_.op(Op::kEq, rest, words_.constant(0)));
    }
    // The machine takes the index modulo kMaxTable, and every entry past the last table is 0.
    const bool low_safe = r.lo >= 0 || (offset == 0 && table.last && r.lo >= static_cast<int64_t>(layout_.words.size()) - kMaxTable);
    const bool high_safe = r.hi < size || (table.last && r.hi + offset < int64_t{kMaxTable});
    if (!low_safe) conditions.push_back(words_.op(Op::kGe, i, words_.constant(0)));
    if (!high_safe) conditions.push_back(words_.op(Op::kLt, i, words_.constant(size)));
    const WordId entry = table.bits == 32 ? words_.op(Op::kLookup, words_.op(Op::kAdd, i, words_.constant(offset))) : packed_entry(table, i);
    const WordRange known = table_range(table);
    if (conditions.empty()) return {words_.known_in(entry, known), table.denominator};
    WordId valid = conditions[0];
    for (size_t k = 1; k < conditions.size(); k++) valid = words_.op(Op::kAnd, valid, conditions[k]);
    return {words_.known_in(words_.op(Op::kSelect, valid, entry, words_.constant(0)), known), table.denominator};
  }

  // Of the words that stand for entries. Entries of 2^31 or more have wrapped.
  static WordRange table_range(const PackedTable& table) {
    const double d = static_cast<double>(table.denominator), lo = std::floor(table.lo * d), hi = std::ceil(table.hi * d) + 1;
    if (lo < -static_cast<double>(kWordMax) || hi > static_cast<double>(kWordMax)) return {INT32_MIN, INT32_MAX};
    return {static_cast<int64_t>(lo), static_cast<int64_t>(hi)};
  }

  // Entry i of a table that has several in one word. Shift counts are taken modulo 32.
  WordId packed_entry(const PackedTable& table, WordId i) {
    const int log_bits = std::countr_zero(table.bits);
    const WordId at = words_.op(Op::kAdd, words_.op(Op::kShr, i, words_.constant(5 - log_bits)), words_.constant(table.offset));
    const WordId shifted = words_.op(Op::kUshr, words_.op(Op::kLookup, at), words_.op(Op::kShl, i, words_.constant(log_bits)));
    const WordId entry = words_.op(Op::kAnd, shifted, words_.constant((int64_t{1} << table.bits) - 1));
    return words_.op(Op::kAdd, entry, words_.constant(table.bias));
  }

  const Formula& formula_;
  const TermId root_;
  const TableOptions options_;
  std::vector<bool> live_, exact_;
  std::vector<Fraction> fractions_;
  TableLayout layout_;
  WordGraph words_;
  FractionArithmetic arithmetic_{words_};
};

}  // namespace

std::vector<bool> live_terms(const Formula& formula, TermId root) {
  std::vector<bool> live(root + 1);
  live[root] = true;
  for (TermId i = root + 1; i-- > 0;) {
    const Term& x = formula.terms()[i];
    const TermId operands[3] = {x.a, x.b, x.c};
    for (unsigned k = 0; live[i] && k < operand_count(x.op); k++) live[operands[k]] = true;
  }
  return live;
}

Result<Program> lower(const Formula& formula, TermId root, const TableOptions& options) {
  return Lowering(formula, root, options).run();
}

}  // namespace sotto::sound
