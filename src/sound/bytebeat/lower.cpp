// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/lower.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "sound/bytebeat/rational.h"
#include "sound/bytebeat/word_graph.h"

namespace sotto::sound {
namespace {

constexpr int64_t kWordMax = INT32_MAX;
// Denominators up to here are kept even where the numerator may wrap; larger ones only where it provably cannot.
constexpr int64_t kSmallDenominator = 256;
// Fraction bits where no exact denominator is possible.
constexpr int kFractionBits = 8;
// At most so many for tables.
constexpr int kTableBits = 14;

// word / denominator.
struct Fraction {
  WordId word = 0;
  int64_t denominator = 1;
};

// Where the tables of a song lie in the one private table of the program.
struct PackedTable {
  uint32_t offset = 0;
  uint32_t size = 0;
  int64_t denominator = 1;
  std::vector<uint32_t> words;
};

class Lowering {
 public:
  Lowering(const Formula& formula, TermId root) : formula_(formula), root_(root) {}

  Result<Program> run() {
    mark_exact();
    SOTTO_TRY_STATUS(pack_tables());
    fractions_.resize(root_ + 1);
    for (TermId i = 0; i <= root_; i++) {
      if (live_[i]) fractions_[i] = lower_term(i);
    }
    return words_.finish(truncated(fractions_[root_]));
  }

 private:
  const Term& term(TermId id) const { return formula_.terms()[id]; }
  static unsigned operand_count(TermOp op) {
    if (op == TermOp::kNumber || op == TermOp::kT) return 0;
    if (op == TermOp::kSelect) return 3;
    return op == TermOp::kLookup || op == TermOp::kFloor || op == TermOp::kTrunc ? 1 : 2;
  }

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

  // ---- Fractions ------------------------------------------------------------------------------------------------

  bool fits(WordId word, int64_t factor) const {
    const int64_t m = words_.range(word).magnitude();
    return m == 0 || std::abs(factor) <= kWordMax / m;
  }
  WordId times(WordId word, int64_t factor) { return words_.op(Op::kMul, word, words_.constant(factor)); }
  WordId truncated(const Fraction& x) {
    return x.denominator == 1 ? x.word : words_.op(Op::kDiv, x.word, words_.constant(x.denominator));
  }

  // Cancels a constant factor of the word against the denominator. A product that may have wrapped has no such factor.
  Fraction reduced(Fraction x) {
    while (x.denominator > 1) {
      const auto constant = words_.constant_value(x.word);
      const auto multiple = words_.as_multiple(x.word);
      const int64_t factor = constant ? *constant : multiple && fits(multiple->word, multiple->factor) ? multiple->factor : 1;
      const int64_t g = std::gcd(factor, x.denominator);
      if (g <= 1) break;
      x.word = constant ? words_.constant(factor / g) : times(multiple->word, factor / g);
      x.denominator /= g;
    }
    return x;
  }

  // (a / b) 2^bits, truncated.
  WordId scaled_quotient(WordId a, WordId b, int bits) {
    if (fits(a, int64_t{1} << bits)) return words_.op(Op::kDiv, times(a, int64_t{1} << bits), b);
    const WordId whole = words_.op(Op::kDiv, a, b), rest = words_.op(Op::kMod, a, b);
    return words_.op(Op::kAdd, times(whole, int64_t{1} << bits), words_.op(Op::kDiv, times(rest, int64_t{1} << bits), b));
  }

  Fraction fixed_point(const Fraction& x, int bits) {
    if (x.denominator == int64_t{1} << bits) return x;
    if (x.denominator == 1) return {times(x.word, int64_t{1} << bits), int64_t{1} << bits};
    return {scaled_quotient(x.word, words_.constant(x.denominator), bits), int64_t{1} << bits};
  }

  // Brings both over one denominator.
  void align(Fraction& x, Fraction& y) {
    if (x.denominator == y.denominator) return;
    const int64_t g = std::gcd(x.denominator, y.denominator);
    const int64_t fx = y.denominator / g, fy = x.denominator / g;  // both below 2^31
    const int64_t common = x.denominator * fx;
    if (common <= kSmallDenominator || (common <= kWordMax && fits(x.word, fx) && fits(y.word, fy))) {
      x = {times(x.word, fx), common};
      y = {times(y.word, fy), common};
      return;
    }
    x = fixed_point(x, kFractionBits);
    y = fixed_point(y, kFractionBits);
  }

  // x p / q for constants.
  Fraction scale(Fraction x, int64_t p, int64_t q) {
    if (q < 0) {
      p = -p;
      q = -q;
    }
    const int64_t g = std::gcd(p, x.denominator);
    if (g > 1) {
      p /= g;
      x.denominator /= g;
    }
    Fraction r = reduced({x.word, q});  // cancels before it multiplies
    const int64_t rest = r.denominator;
    if (rest <= kWordMax / x.denominator) return reduced({times(r.word, p), rest * x.denominator});
    // The denominator has no room: give up the bits below 2^-kFractionBits first.
    const Fraction coarse = fixed_point({r.word, x.denominator}, kFractionBits);
    if (rest <= kWordMax / coarse.denominator) return reduced({times(coarse.word, p), rest * coarse.denominator});
    return {words_.constant(0), 1};
  }

  // The numerator and denominator for a constant that multiplies (or, swapped, divides) x without letting it wrap.
  Rational factor_for(const Fraction& x, double value, bool divides) const {
    const int64_t magnitude = std::max<int64_t>(1, words_.range(x.word).magnitude());
    const bool wraps = magnitude == kWordMax + 1;
    const int64_t room = wraps ? kSmallDenominator : kWordMax / magnitude;  // for what multiplies the word
    const int64_t below = std::max<int64_t>(1, kWordMax / x.denominator);   // for what multiplies the denominator
    const double m = std::abs(value);
    if (divides) {
      const Rational r = nearest_rational(value, std::max<int64_t>(below, static_cast<int64_t>(m)), std::max<int64_t>(room, 1));
      return {r.q, r.p};
    }
    return nearest_rational(value, std::max<int64_t>(wraps ? kWordMax : room, static_cast<int64_t>(m)), wraps ? room : below);
  }

  // ---- Terms ----------------------------------------------------------------------------------------------------

  // An operand, truncated already where its consumer does not hear the fraction.
  Fraction operand(TermId i, unsigned k) {
    const Term& x = term(i);
    const Fraction f = fractions_[k == 0 ? x.a : k == 1 ? x.b : x.c];
    return truncates(i, k) ? Fraction{truncated(f), 1} : f;
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
      case TermOp::kFloor: return lower_floor(fractions_[x.a]);
      case TermOp::kTrunc: return {truncated(fractions_[x.a]), 1};
      case TermOp::kPow: break;
    }
    SOTTO_CHECK(false && "a term that no instruction computes");
    return {};
  }

  Fraction lower_number(double value) {
    if (value == std::trunc(value) || std::isinf(value)) return {words_.constant(to_int32(value)), 1};
    if (std::abs(value) > static_cast<double>(kWordMax)) return {words_.constant(to_int32(value)), 1};
    const Rational r = nearest_rational(value, kWordMax, 4096);
    return {words_.constant(r.p), r.q};
  }

  Fraction lower_aligned(TermId i, Op op) {
    Fraction x = operand(i, 0), y = operand(i, 1);
    align(x, y);
    return reduced({words_.op(op, x.word, y.word), x.denominator});
  }

  Fraction lower_bits(const Term& x, Op op) {
    return {words_.op(op, truncated(fractions_[x.a]), truncated(fractions_[x.b])), 1};
  }

  Fraction lower_product(const Term& x) {
    const bool constant_a = term(x.a).op == TermOp::kNumber, constant_b = term(x.b).op == TermOp::kNumber;
    if (constant_a || constant_b) {
      const double value = term(constant_a ? x.a : x.b).number;
      const Fraction f = fractions_[constant_a ? x.b : x.a];
      if (std::isinf(value)) return {words_.constant(0), 1};
      if (value == std::trunc(value)) return scale(f, to_int32(value), 1);
      const Rational r = factor_for(f, value, false);
      return scale(f, r.p, r.q);
    }
    return multiply(fractions_[x.a], fractions_[x.b]);
  }

  Fraction multiply(Fraction x, Fraction y) {
    x = reduced(x);
    y = reduced(y);
    const bool product_fits = fits(x.word, words_.range(y.word).magnitude());
    if (x.denominator * y.denominator > kSmallDenominator && !product_fits) {
      // Coarser factors leave the product room.
      if (x.denominator > y.denominator || x.denominator > kSmallDenominator) x = fixed_point(x, kFractionBits / 2);
      if (y.denominator > kSmallDenominator || x.denominator * y.denominator > kSmallDenominator) y = fixed_point(y, kFractionBits / 2);
    }
    if (x.denominator > kWordMax / y.denominator) x = fixed_point(x, kFractionBits);
    if (x.denominator > kWordMax / y.denominator) y = fixed_point(y, kFractionBits);
    return reduced({words_.op(Op::kMul, x.word, y.word), x.denominator * y.denominator});
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
      const Rational r = factor_for(a, value, true);
      return r.q == 0 ? Fraction{words_.constant(0), 1} : scale(a, r.p, r.q);
    }
    return divide(a, fractions_[x.b], exact_[i]);
  }

  // A variable divisor: one division where nobody hears the fraction, otherwise a fixed point number.
  Fraction divide(Fraction a, Fraction b, bool exact) {
    const int64_t g = std::gcd(a.denominator, b.denominator);
    const WordId over = times(a.word, b.denominator / g), under = times(b.word, a.denominator / g);
    if (!exact) return {words_.op(Op::kDiv, over, under), 1};
    return {scaled_quotient(over, under, kFractionBits), int64_t{1} << kFractionBits};
  }

  Fraction lower_comparison(TermId a, TermId b, Op op) {
    Fraction x = fractions_[a], y = fractions_[b];
    align(x, y);
    return {words_.op(op, x.word, y.word), 1};
  }

  Fraction lower_select(TermId i) {
    const Term& x = term(i);
    Fraction yes = fractions_[x.b], no = fractions_[x.c];
    if (yes.denominator != no.denominator && !exact_[i]) {
      yes = {truncated(yes), 1};
      no = {truncated(no), 1};
    }
    align(yes, no);
    return reduced({words_.op(Op::kSelect, fractions_[x.a].word, yes.word, no.word), yes.denominator});
  }

  // floor(n / d) = trunc((n - (d - 1)) / d) for n < 0.
  Fraction lower_floor(const Fraction& x) {
    if (x.denominator == 1 || words_.range(x.word).lo >= 0) return {truncated(x), 1};
    const WordId negative = words_.op(Op::kLt, x.word, words_.constant(0));
    const WordId lowered = words_.op(Op::kSub, x.word, words_.constant(x.denominator - 1));
    return {truncated({words_.op(Op::kSelect, negative, lowered, x.word), x.denominator}), 1};
  }

  // ---- Tables ---------------------------------------------------------------------------------------------------

  // As fine as leaves t times an entry in a word: a table of pitches multiplies t.
  static int64_t table_denominator(double largest) {
    int64_t denominator = 1 << kTableBits;
    const double room = static_cast<double>(kWordMax) / (largest * kSamples);
    while (denominator > (1 << kFractionBits) && static_cast<double>(denominator) > room) denominator /= 2;
    while (denominator > 1 && largest * static_cast<double>(denominator) > static_cast<double>(kWordMax)) denominator /= 2;
    return denominator;
  }

  // To the nearest, but never into the next integer: consumers that truncate must hear trunc(v).
  static double scaled_entry(double v, int64_t denominator) {
    const double d = static_cast<double>(denominator), nearest = std::round(v * d);
    return std::trunc(nearest / d) == std::trunc(v) ? nearest : std::trunc(v * d);
  }

  static PackedTable integer_table(std::vector<double> table) {
    for (double& v : table) v = std::isnan(v) ? 0 : v;
    PackedTable packed;
    packed.size = static_cast<uint32_t>(table.size());
    double largest = 1;
    for (double v : table) {
      largest = std::max(largest, std::abs(v));
      if (v == std::trunc(v) || packed.denominator > kSmallDenominator) continue;
      packed.denominator = std::lcm(packed.denominator, nearest_rational(v, kWordMax, kSmallDenominator).q);
    }
    bool exact = packed.denominator <= kSmallDenominator;
    for (double v : table) {
      const double scaled = v * static_cast<double>(packed.denominator);
      exact = exact && std::abs(scaled - std::round(scaled)) <= std::abs(scaled) * 1e-15;
    }
    if (!exact) packed.denominator = table_denominator(largest);
    for (double v : table) packed.words.push_back(static_cast<uint32_t>(to_int32(scaled_entry(v, packed.denominator))));
    while (!packed.words.empty() && packed.words.back() == 0) packed.words.pop_back();  // past the end is 0 anyway
    return packed;
  }

  // Tables whose index is always in range come first; past the end of the last one every entry is 0 without a test.
  Status pack_tables() {
    std::vector<uint32_t> needed;
    for (TermId i = 0; i <= root_; i++) {
      if (!live_[i] || term(i).op != TermOp::kLookup) continue;
      const uint32_t k = term(i).table;
      if (k >= tables_.size()) tables_.resize(k + 1);
      if (tables_[k].size > 0) continue;
      tables_[k] = integer_table(formula_.table(k));
      needed.push_back(k);
      if (needed.size() > kMaxTable) return input_error("the song has more than " + std::to_string(kMaxTable) + " tables");
    }
    std::stable_partition(needed.begin(), needed.end(), [&](uint32_t k) { return always_in_range(k); });
    std::vector<uint32_t> all;
    for (uint32_t k : needed) {
      PackedTable& packed = tables_[k];
      const auto there = std::search(all.begin(), all.end(), packed.words.begin(), packed.words.end());
      const bool shared = there != all.end() && packed.words.size() == packed.size;
      packed.offset = static_cast<uint32_t>(shared ? there - all.begin() : static_cast<std::ptrdiff_t>(all.size()));
      if (shared) continue;
      // Its own zeros at the end must stay where another table follows.
      const bool last = k == needed.back();
      all.insert(all.end(), packed.words.begin(), packed.words.end());
      if (!last) all.resize(packed.offset + packed.size);
    }
    if (all.size() > kMaxTable) {
      return input_error("the song's tables have " + std::to_string(all.size()) + " entries; at most " + std::to_string(kMaxTable) + " fit");
    }
    table_size_ = static_cast<uint32_t>(all.size());
    words_ = WordGraph(std::move(all));
    return ok_status();
  }

  bool always_in_range(uint32_t table) const {
    for (TermId i = 0; i <= root_; i++) {
      const Term& x = term(i);
      if (!live_[i] || x.op != TermOp::kLookup || x.table != table) continue;
      if (term(x.a).lo < 0 || term(x.a).hi >= tables_[table].size) return false;
    }
    return true;
  }

  Fraction lower_lookup(const Term& x) {
    const PackedTable& table = tables_[x.table];
    if (table.words.empty()) return {words_.constant(0), 1};
    const Fraction index = reduced(fractions_[x.a]);
    WordId i = truncated(index);
    const WordRange r = words_.range(i);
    const int64_t size = table.size, offset = table.offset;
    std::vector<WordId> conditions;
    if (index.denominator != 1) {  // JavaScript has no element 1.5
      const WordId rest = words_.op(Op::kMod, index.word, words_.constant(index.denominator));
      conditions.push_back(words_.op(Op::kEq, rest, words_.constant(0)));
    }
    // The machine takes the index modulo kMaxTable, and every entry past the last table is 0.
    const bool is_last = offset + static_cast<int64_t>(table.words.size()) == table_size_;
    const bool low_safe = r.lo >= 0 || (offset == 0 && is_last && r.lo >= table_size_ - int64_t{kMaxTable});
    const bool high_safe = r.hi < size || (is_last && r.hi + offset < int64_t{kMaxTable});
    if (!low_safe) conditions.push_back(words_.op(Op::kGe, i, words_.constant(0)));
    if (!high_safe) conditions.push_back(words_.op(Op::kLt, i, words_.constant(size)));
    const WordId entry = words_.op(Op::kLookup, words_.op(Op::kAdd, i, words_.constant(offset)));
    if (conditions.empty()) return {entry, table.denominator};
    WordId valid = conditions[0];
    for (size_t k = 1; k < conditions.size(); k++) valid = words_.op(Op::kAnd, valid, conditions[k]);
    return {words_.op(Op::kSelect, valid, entry, words_.constant(0)), table.denominator};
  }

  const Formula& formula_;
  const TermId root_;
  std::vector<bool> live_, exact_;
  std::vector<Fraction> fractions_;
  std::vector<PackedTable> tables_;
  uint32_t table_size_ = 0;
  WordGraph words_;
};

}  // namespace

Result<Program> lower(const Formula& formula, TermId root) { return Lowering(formula, root).run(); }

}  // namespace sotto::sound
