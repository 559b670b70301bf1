// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/formula.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "sound/bytebeat/noise.h"
#include "sound/bytebeat/program.h"

namespace sotto::sound {
namespace {

constexpr TermId kNone = 0xffffffffu;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kIntMin = -2147483648.0, kIntMax = 2147483647.0;

bool is_bitwise(TermOp op) { return op >= TermOp::kAnd && op <= TermOp::kUshr; }
bool is_comparison(TermOp op) { return op >= TermOp::kLt && op <= TermOp::kNe; }

// All ones up to the highest bit that a value in [0, hi] can have.
double ones_above(double hi) {
  return static_cast<double>(std::bit_ceil(static_cast<uint64_t>(hi) + 1) - 1);
}

struct Range {
  double lo, hi;
  double magnitude() const { return std::max(-lo, hi); }
};

Range sane(double lo, double hi) {
  if (std::isnan(lo) || std::isnan(hi)) return {-kInfinity, kInfinity};
  return {lo, hi};
}

Range product(Range x, Range y) {
  const double p[] = {x.lo * y.lo, x.lo * y.hi, x.hi * y.lo, x.hi * y.hi};
  if (std::any_of(std::begin(p), std::end(p), [](double v) { return std::isnan(v); })) return {-kInfinity, kInfinity};
  return {*std::min_element(p, p + 4), *std::max_element(p, p + 4)};
}

Range quotient(Range x, Range y, bool integer_divisor) {
  if (y.lo > 0 || y.hi < 0) return product(x, sane(1 / y.hi, 1 / y.lo));
  // The divisor may be 0, and then the result is 0; an integer divisor cannot enlarge the dividend.
  if (!integer_divisor) return x.lo >= 0 && y.lo >= 0 ? Range{0, kInfinity} : Range{-kInfinity, kInfinity};
  if (x.lo >= 0 && y.lo >= 0) return {0, x.hi};
  return {-x.magnitude(), x.magnitude()};
}

Range remainder(Range x, Range y) {
  const double m = std::min(x.magnitude(), y.magnitude());
  return {x.lo >= 0 ? 0 : -m, x.hi <= 0 ? 0 : m};
}

Range bitwise(TermOp op, Range x, Range y) {
  const Range any = {kIntMin, kIntMax};
  const bool small_x = x.lo >= kIntMin && x.hi <= kIntMax;
  const bool count_known = y.lo == y.hi;
  const int n = count_known ? to_int32(y.lo) & 31 : 0;
  auto natural = [](Range r) { return r.lo >= 0 && r.hi <= kIntMax; };
  switch (op) {
    case TermOp::kAnd:
      if (natural(x) && natural(y)) return {0, std::floor(std::min(x.hi, y.hi))};
      if (natural(x)) return {0, std::floor(x.hi)};
      return natural(y) ? Range{0, std::floor(y.hi)} : any;
    case TermOp::kOr:
    case TermOp::kXor: return natural(x) && natural(y) ? Range{0, ones_above(std::max(x.hi, y.hi))} : any;
    case TermOp::kShl: {
      const double factor = std::ldexp(1.0, n);
      return count_known && small_x && x.lo * factor >= kIntMin && x.hi * factor <= kIntMax ? Range{x.lo * factor, x.hi * factor} : any;
    }
    case TermOp::kShr:
      if (!small_x) return {std::floor(std::ldexp(kIntMin, -n)), std::floor(std::ldexp(kIntMax, -n))};
      if (count_known) return {std::floor(std::ldexp(x.lo, -n)), std::floor(std::ldexp(x.hi, -n))};
      return {std::min(x.lo, 0.0), std::max(x.hi, 0.0)};
    case TermOp::kUshr:
      if (natural(x)) return {0, count_known ? std::floor(std::ldexp(x.hi, -n)) : x.hi};
      return {0, std::ldexp(4294967295.0, -n)};
    default: return any;
  }
}

}  // namespace

int32_t to_int32(double x) {
  if (!std::isfinite(x)) return 0;
  const double r = std::fmod(std::trunc(x), 4294967296.0);
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(r)));
}

double apply(TermOp op, double a, double b) {
  const auto word = [](double x) { return static_cast<uint32_t>(to_int32(x)); };
  const auto result = [](uint32_t v) { return static_cast<double>(static_cast<int32_t>(v)); };
  const unsigned count = word(b) & 31;
  switch (op) {
    case TermOp::kAdd: return a + b;
    case TermOp::kSub: return a - b;
    case TermOp::kMul: return a * b;
    case TermOp::kDiv: return a / b;
    case TermOp::kMod: return std::fmod(a, b);
    case TermOp::kPow: return std::pow(a, b);
    case TermOp::kAnd: return result(word(a) & word(b));
    case TermOp::kOr: return result(word(a) | word(b));
    case TermOp::kXor: return result(word(a) ^ word(b));
    case TermOp::kShl: return result(word(a) << count);
    case TermOp::kShr: return static_cast<double>(to_int32(a) >> count);
    case TermOp::kUshr: return static_cast<double>(word(a) >> count);
    case TermOp::kLt: return a < b;
    case TermOp::kLe: return a <= b;
    case TermOp::kGt: return a > b;
    case TermOp::kGe: return a >= b;
    case TermOp::kEq: return a == b;
    case TermOp::kNe: return a != b;
    default: break;
  }
  SOTTO_CHECK(false && "not a binary operation");
  return 0;
}

size_t Formula::Hash::operator()(const Term& x) const {
  uint64_t h = static_cast<uint64_t>(x.op);
  for (uint64_t v : {uint64_t{x.a}, uint64_t{x.b}, uint64_t{x.c}, uint64_t{x.table}, std::bit_cast<uint64_t>(x.number)}) {
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  return static_cast<size_t>(h);
}

bool Formula::Same::operator()(const Term& x, const Term& y) const {
  return x.op == y.op && x.a == y.a && x.b == y.b && x.c == y.c && x.table == y.table &&
         std::bit_cast<uint64_t>(x.number) == std::bit_cast<uint64_t>(y.number);
}

Formula::Formula() {
  Term t;
  t.op = TermOp::kT;
  t.integer = true;
  t.hi = kSamples - 1;
  intern(t);
}

TermId Formula::intern(Term term) {
  const auto [it, fresh] = known_.try_emplace(term, static_cast<TermId>(terms_.size()));
  if (fresh) terms_.push_back(term);
  return it->second;
}

TermId Formula::number(double value) {
  Term term;
  // NaN counts as 0 wherever the machine could meet it; -0 is 0.
  term.number = std::isnan(value) || value == 0 ? 0 : value;
  term.integer = std::isinf(value) || term.number == std::trunc(term.number);
  term.lo = term.hi = term.number;
  return intern(term);
}

TermId Formula::simplify(TermOp op, TermId a, TermId b) const {
  const Term &x = terms_[a], &y = terms_[b];
  switch (op) {
    case TermOp::kAdd: return is_number(b, 0) ? a : is_number(a, 0) ? b : kNone;
    case TermOp::kSub: return is_number(b, 0) ? a : kNone;
    case TermOp::kMul: return is_number(b, 1) || is_number(a, 0) ? a : is_number(a, 1) || is_number(b, 0) ? b : kNone;
    case TermOp::kDiv: return is_number(b, 1) || is_number(a, 0) ? a : kNone;
    case TermOp::kMod: return is_number(a, 0) || (x.lo >= 0 && y.lo > x.hi) ? a : kNone;
    default: return kNone;
  }
}

TermId Formula::binary(TermOp op, TermId a, TermId b) {
  if (is_number(a) && is_number(b)) return number(apply(op, terms_[a].number, terms_[b].number));
  SOTTO_CHECK(op != TermOp::kPow);
  if (const TermId simpler = simplify(op, a, b); simpler != kNone) return simpler;
  // A remainder by 2^k of a natural number is its low bits, also where the machine's word has wrapped.
  if (op == TermOp::kMod && terms_[a].integer && terms_[a].lo >= 0 && is_number(b)) {
    const double m = terms_[b].number;
    if (m >= 1 && m <= 1073741824.0 && m == std::trunc(m) && std::has_single_bit(static_cast<uint32_t>(m))) {
      return binary(TermOp::kAnd, a, number(m - 1));
    }
  }
  Term term;
  term.op = op;
  term.a = a;
  term.b = b;
  set_range(term);
  return intern(term);
}

void Formula::set_range(Term& term) const {
  const Term &x = terms_[term.a], &y = terms_[term.b];
  const Range rx{x.lo, x.hi}, ry{y.lo, y.hi};
  Range r{0, 1};
  term.integer = true;
  if (is_bitwise(term.op)) {
    r = bitwise(term.op, rx, ry);
  } else if (!is_comparison(term.op)) {
    term.integer = x.integer && y.integer && term.op != TermOp::kDiv;
    if (term.op == TermOp::kAdd) r = sane(rx.lo + ry.lo, rx.hi + ry.hi);
    if (term.op == TermOp::kSub) r = sane(rx.lo - ry.hi, rx.hi - ry.lo);
    if (term.op == TermOp::kMul) r = term.a == term.b && rx.lo < 0 ? Range{0, rx.magnitude() * rx.magnitude()} : product(rx, ry);
    if (term.op == TermOp::kDiv) r = quotient(rx, ry, y.integer);
    if (term.op == TermOp::kMod) r = remainder(rx, ry);
  }
  term.lo = r.lo;
  term.hi = r.hi;
}

TermId Formula::select(TermId condition, TermId yes, TermId no) {
  // A quotient is true exactly where its dividend is, however small it is (and x / 0 is infinite or NaN).
  while (terms_[condition].op == TermOp::kDiv) condition = terms_[condition].a;
  const Term &k = terms_[condition], &x = terms_[yes], &y = terms_[no];
  if (is_number(condition)) return k.number != 0 ? yes : no;
  if (yes == no) return yes;
  if (k.lo > 0 || k.hi < 0) return yes;
  Term term;
  term.op = TermOp::kSelect;
  term.a = condition;
  term.b = yes;
  term.c = no;
  term.integer = x.integer && y.integer;
  term.lo = std::min(x.lo, y.lo);
  term.hi = std::max(x.hi, y.hi);
  return intern(term);
}

TermId Formula::floor(TermId a) {
  const Term x = terms_[a];
  if (x.integer) return a;
  if (is_number(a)) return number(std::floor(x.number));
  if (x.lo >= 0) return trunc(a);
  Term term;
  term.op = TermOp::kFloor;
  term.a = a;
  term.integer = true;
  term.lo = std::floor(x.lo);
  term.hi = std::floor(x.hi);
  return intern(term);
}

TermId Formula::trunc(TermId a) {
  const Term x = terms_[a];
  if (x.integer) return a;
  if (is_number(a)) return number(std::trunc(x.number));
  Term term;
  term.op = TermOp::kTrunc;
  term.a = a;
  term.integer = true;
  term.lo = std::trunc(x.lo);
  term.hi = std::trunc(x.hi);
  return intern(term);
}

TermId Formula::sin(TermId a) {
  if (is_number(a)) return number(std::sin(terms_[a].number));
  Term term;
  term.op = TermOp::kSin;
  term.a = a;
  term.lo = -1;
  term.hi = 1;
  return intern(term);
}

TermId Formula::noise(uint32_t stream) {
  Term term;
  term.op = TermOp::kNoise;
  term.number = stream;
  term.hi = 1 - std::ldexp(1.0, -static_cast<int>(kNoiseBits));
  return intern(term);
}

TermId Formula::lookup(std::vector<double> table, TermId index) {
  Term term;
  term.integer = true;
  std::vector<uint64_t> key;
  for (double& entry : table) {
    if (!std::isfinite(entry)) entry = std::numeric_limits<double>::quiet_NaN();
    key.push_back(std::bit_cast<uint64_t>(entry));
    const double heard = std::isnan(entry) ? 0 : entry;
    term.integer = term.integer && heard == std::trunc(heard);
    term.lo = std::min(term.lo, heard);  // 0 is always among the values: an index may be out of range
    term.hi = std::max(term.hi, heard);
  }
  if (is_number(index)) {
    const double i = terms_[index].number;
    return number(i >= 0 && i < static_cast<double>(table.size()) && i == std::trunc(i) ? table[static_cast<size_t>(i)] : 0);
  }
  if (std::all_of(table.begin(), table.end(), [](double v) { return v == 0; })) return number(0);
  const auto [known, fresh] = table_ids_.try_emplace(std::move(key), static_cast<uint32_t>(tables_.size()));
  term.op = TermOp::kLookup;
  term.a = index;
  term.table = known->second;
  if (fresh) tables_.push_back(std::move(table));
  return intern(term);
}

unsigned Formula::low_zeros(TermId a, unsigned depth) const {
  constexpr unsigned kMost = 8, kDeepest = 12;  // beyond, nobody needs it
  const Term& x = terms_[a];
  if (depth >= kDeepest || !x.integer) return 0;
  const auto of = [&](TermId id) { return low_zeros(id, depth + 1); };
  switch (x.op) {
    case TermOp::kNumber: {
      const uint32_t word = static_cast<uint32_t>(to_int32(x.number));
      return std::min<unsigned>(kMost, static_cast<unsigned>(std::countr_zero(word)));
    }
    case TermOp::kMul: return std::min(kMost, of(x.a) + of(x.b));
    case TermOp::kAnd: return std::max(of(x.a), of(x.b));
    case TermOp::kAdd: case TermOp::kSub: case TermOp::kOr: case TermOp::kXor: return std::min(of(x.a), of(x.b));
    case TermOp::kShl: return is_number(x.b) ? std::min(kMost, of(x.a) + (static_cast<unsigned>(to_int32(terms_[x.b].number)) & 31)) : of(x.a);
    default: return 0;
  }
}

std::optional<TermId> Formula::as_lookup(TermId a, bool tables_only) {
  const Term x = terms_[a];
  if (x.op == TermOp::kLookup || x.op == TermOp::kNumber) return a;
  const double step = std::ldexp(1.0, static_cast<int>(low_zeros(a, 0)));
  // From 2^53 on adding a step may change nothing.
  const bool is_exact = std::abs(x.lo) < 0x1p53 && std::abs(x.hi) < 0x1p53;
  if (!tables_only && x.integer && is_exact && x.hi - x.lo < kMaxTable * step && std::fmod(x.lo, step) == 0) {
    std::vector<double> values;
    for (double v = x.lo; v <= x.hi; v += step) values.push_back(v);
    const TermId from_zero = binary(TermOp::kSub, a, number(x.lo));
    return lookup(std::move(values), step == 1 ? from_zero : binary(TermOp::kShr, from_zero, number(std::log2(step))));
  }
  if (x.op < TermOp::kAdd || x.op > TermOp::kMod || is_number(x.a) == is_number(x.b)) return std::nullopt;
  const auto inner = as_lookup(is_number(x.a) ? x.b : x.a, tables_only);
  if (!inner) return std::nullopt;
  const double number = terms_[is_number(x.a) ? x.a : x.b].number;
  if (is_number(x.a)) return map_lookup(*inner, [=](double v) { return apply(x.op, number, v); });
  return map_lookup(*inner, [=](double v) { return apply(x.op, v, number); });
}

}  // namespace sotto::sound
