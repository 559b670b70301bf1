// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/word_graph.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::sound {
namespace {

constexpr int64_t kMin = INT32_MIN, kMax = INT32_MAX;
constexpr WordRange kAny{kMin, kMax};

int32_t signed_word(uint32_t w) { return static_cast<int32_t>(w); }
bool commutes(Op op) {
  return op == Op::kAdd || op == Op::kMul || op == Op::kAnd || op == Op::kOr || op == Op::kXor || op == Op::kEq || op == Op::kNe;
}

WordRange checked(int64_t lo, int64_t hi) { return lo < kMin || hi > kMax ? kAny : WordRange{lo, hi}; }
int64_t ones(int64_t hi) { return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(hi) + 1) - 1); }

WordRange product_range(WordRange x, WordRange y) {
  const int64_t p[] = {x.lo * y.lo, x.lo * y.hi, x.hi * y.lo, x.hi * y.hi};
  return checked(*std::min_element(p, p + 4), *std::max_element(p, p + 4));
}

WordRange quotient_range(WordRange x, WordRange y) {
  if (x.lo >= 0 && y.lo >= 0) return {y.lo > 0 ? x.lo / y.hi : 0, x.hi / std::max<int64_t>(y.lo, 1)};
  if (y.lo == y.hi && y.lo > 0) return {x.lo / y.lo, x.hi / y.lo};
  return checked(-x.magnitude(), x.magnitude());
}

WordRange remainder_range(WordRange x, WordRange y) {
  const int64_t m = std::min(x.magnitude(), y.magnitude() - (y.magnitude() > 0));
  return {x.lo >= 0 ? 0 : std::max(-m, kMin), x.hi <= 0 ? 0 : std::min(m, kMax)};
}

WordRange shift_range(Op op, WordRange x, WordRange y) {
  const bool known = y.lo == y.hi;
  const int n = static_cast<int>(y.lo & 31);
  if (op == Op::kShl) return known ? checked(x.lo * (int64_t{1} << n), x.hi * (int64_t{1} << n)) : kAny;
  if (op == Op::kUshr && x.lo < 0) return known && n > 0 ? WordRange{0, int64_t{0xffffffff} >> n} : kAny;
  if (known) return {x.lo >> n, x.hi >> n};
  return {std::min<int64_t>(x.lo, 0), std::max<int64_t>(x.hi, 0)};
}

}  // namespace

WordGraph::WordGraph(std::vector<uint32_t> table) : table_(std::move(table)) {
  Word t;
  t.range = {0, kSamples - 1};
  nodes_.push_back(t);
}

WordId WordGraph::known_in(WordId id, WordRange range) {
  WordRange& own = nodes_[id].range;
  own = {std::max(own.lo, range.lo), std::min(own.hi, range.hi)};
  SOTTO_CHECK(own.lo <= own.hi);
  return id;
}

std::optional<int32_t> WordGraph::constant_value(WordId id) const {
  if (nodes_[id].kind != Word::Kind::kConstant) return std::nullopt;
  return signed_word(nodes_[id].value);
}

std::optional<WordGraph::Multiple> WordGraph::as_multiple(WordId id) const {
  if (!is_op(id, Op::kMul)) return std::nullopt;
  const auto factor = constant_value(nodes_[id].b);
  if (!factor) return std::nullopt;
  return Multiple{nodes_[id].a, *factor};
}

WordId WordGraph::constant(int64_t value) {
  Word word;
  word.kind = Word::Kind::kConstant;
  word.value = static_cast<uint32_t>(value);
  word.range = {signed_word(word.value), signed_word(word.value)};
  const auto [it, fresh] = known_.try_emplace(Key{word.value, uint64_t{1} << 63}, static_cast<WordId>(nodes_.size()));
  if (fresh) nodes_.push_back(word);
  return it->second;
}

WordId WordGraph::intern(Op op, WordId a, WordId b, WordId c) {
  Word word{Word::Kind::kOperation, op, a, b, c, 0, kAny};
  const Key key{uint64_t{a} << 32 | b, uint64_t{c} << 8 | static_cast<uint64_t>(op)};
  const auto [it, fresh] = known_.try_emplace(key, static_cast<WordId>(nodes_.size()));
  if (fresh) {
    word.range = range_of(word);
    nodes_.push_back(word);
  }
  return it->second;
}

WordRange WordGraph::range_of(const Word& word) const {
  const WordRange x = range(word.a), y = range(word.b), z = range(word.c);
  switch (word.op) {
    case Op::kAdd: return checked(x.lo + y.lo, x.hi + y.hi);
    case Op::kSub: return checked(x.lo - y.hi, x.hi - y.lo);
    case Op::kMul: return product_range(x, y);
    case Op::kDiv: return quotient_range(x, y);
    case Op::kMod: return remainder_range(x, y);
    case Op::kAnd:
      if (x.lo >= 0 && y.lo >= 0) return {0, std::min(x.hi, y.hi)};
      return x.lo >= 0 ? WordRange{0, x.hi} : y.lo >= 0 ? WordRange{0, y.hi} : kAny;
    case Op::kOr:
    case Op::kXor: return x.lo >= 0 && y.lo >= 0 ? WordRange{0, ones(std::max(x.hi, y.hi))} : kAny;
    case Op::kShl:
    case Op::kShr:
    case Op::kUshr: return shift_range(word.op, x, y);
    case Op::kLt:
    case Op::kGe:
    case Op::kEq:
    case Op::kNe: return {0, 1};
    case Op::kSelect: return {std::min(y.lo, z.lo), std::max(y.hi, z.hi)};
    case Op::kLookup: {
      WordRange r{0, 0};
      for (uint32_t entry : table_) r = {std::min<int64_t>(r.lo, signed_word(entry)), std::max<int64_t>(r.hi, signed_word(entry))};
      return r;
    }
    case Op::kSine: return {-kSineOne, kSineOne};
  }
  return kAny;
}

WordId WordGraph::op(Op op, WordId a, WordId b, WordId c) {
  const unsigned operands = operand_count(op);
  if (operands < 2) b = t();
  if (operands < 3) c = t();
  const auto x = constant_value(a), y = constant_value(b), z = constant_value(c);
  const bool all_constant = x && (y || operands < 2) && (z || operands < 3);
  if (all_constant) {
    return constant(eval_op(op, static_cast<uint32_t>(*x), static_cast<uint32_t>(y.value_or(0)), static_cast<uint32_t>(z.value_or(0)), table_));
  }
  // One order for what commutes: constants last, otherwise the older first.
  if (commutes(op) && (x || (!y && a > b))) std::swap(a, b);
  if (const auto simpler = simplify(op, a, b, c)) return *simpler;
  return intern(op, a, b, c);
}

std::optional<WordId> WordGraph::simplify(Op op, WordId a, WordId b, WordId c) {
  switch (op) {
    case Op::kAdd:
    case Op::kSub: return simplify_sum(op, a, b);
    case Op::kMul: return simplify_product(a, b);
    case Op::kDiv:
    case Op::kMod: return simplify_quotient(op, a, b);
    case Op::kAnd:
    case Op::kOr:
    case Op::kXor: return simplify_bits(op, a, b);
    case Op::kShl:
    case Op::kShr:
    case Op::kUshr: return simplify_shift(op, a, b);
    case Op::kLt:
    case Op::kGe:
    case Op::kEq:
    case Op::kNe: return simplify_comparison(op, a, b);
    case Op::kSelect: return simplify_select(a, b, c);
    case Op::kLookup: return std::nullopt;
    case Op::kSine: return simplify_sine(a);
  }
  return std::nullopt;
}

std::optional<WordId> WordGraph::simplify_sum(Op op, WordId a, WordId b) {
  const auto k = constant_value(b);
  if (op == Op::kSub) {
    if (a == b) return constant(0);
    if (k) return this->op(Op::kAdd, a, constant(-int64_t{*k}));
    if (is_op(b, Op::kSub) && is(nodes_[b].a, 0)) return this->op(Op::kAdd, a, nodes_[b].b);  // a - (0 - x)
    return std::nullopt;
  }
  if (k == 0) return a;
  if (is_op(b, Op::kSub) && is(nodes_[b].a, 0)) return this->op(Op::kSub, a, nodes_[b].b);
  if (is_op(a, Op::kSub) && is(nodes_[a].a, 0) && !k) return this->op(Op::kSub, b, nodes_[a].b);
  if (k && is_op(a, Op::kAdd)) {
    if (const auto inner = constant_value(nodes_[a].b)) return this->op(Op::kAdd, nodes_[a].a, constant(int64_t{*inner} + *k));
  }
  if (k && is_op(a, Op::kSub)) {
    if (const auto inner = constant_value(nodes_[a].a)) return this->op(Op::kSub, constant(int64_t{*inner} + *k), nodes_[a].b);
  }
  return std::nullopt;
}

std::optional<WordId> WordGraph::simplify_product(WordId a, WordId b) {
  const auto k = constant_value(b);
  if (!k) return std::nullopt;
  if (k == 0) return b;
  if (k == 1) return a;
  if (const auto inner = as_multiple(a)) return this->op(Op::kMul, inner->word, constant(int64_t{inner->factor} * *k));
  return std::nullopt;
}

std::optional<WordId> WordGraph::simplify_quotient(Op op, WordId a, WordId b) {
  const WordRange x = range(a);
  const auto k = constant_value(b);
  if (is(a, 0) || k == 0) return constant(0);
  if (!k) return std::nullopt;
  if (op == Op::kMod) {
    if (k == 1 || k == -1) return constant(0);
    if (x.lo >= 0 && x.hi < std::abs(int64_t{*k})) return a;
    const uint32_t size = static_cast<uint32_t>(std::abs(int64_t{*k}));
    if (x.lo >= 0 && std::has_single_bit(size)) return this->op(Op::kAnd, a, constant(size - 1));
    return std::nullopt;
  }
  if (k == 1) return a;
  if (k == -1) return this->op(Op::kSub, constant(0), a);
  if (*k > 1 && x.magnitude() < *k) return constant(0);
  if (*k > 1 && x.lo >= 0 && std::has_single_bit(static_cast<uint32_t>(*k))) {
    return this->op(Op::kShr, a, constant(std::countr_zero(static_cast<uint32_t>(*k))));
  }
  if (*k > 1 && is_op(a, Op::kDiv)) {  // (x / c) / k = x / (c k)
    const auto inner = constant_value(nodes_[a].b);
    if (inner && *inner > 1 && int64_t{*inner} * *k <= kMax) return this->op(Op::kDiv, nodes_[a].a, constant(int64_t{*inner} * *k));
  }
  return std::nullopt;
}

std::optional<WordId> WordGraph::simplify_bits(Op op, WordId a, WordId b) {
  const auto k = constant_value(b);
  const WordRange x = range(a);
  if (a == b) return op == Op::kXor ? constant(0) : a;
  if (!k) return std::nullopt;
  if (k == 0) return op == Op::kAnd ? b : a;
  if (k == -1 && op != Op::kXor) return op == Op::kAnd ? a : b;
  // A mask that covers every value, and one that meets none of its bits.
  if (op == Op::kAnd && x.lo >= 0 && (ones(x.hi) & *k) == ones(x.hi)) return a;
  if (op == Op::kAnd && x.lo >= 0 && (ones(x.hi) & *k) == 0) return constant(0);
  if (is_op(a, op)) {
    if (const auto inner = constant_value(nodes_[a].b)) {
      return this->op(op, nodes_[a].a, this->op(op, constant(*inner), b));
    }
  }
  return std::nullopt;
}

std::optional<WordId> WordGraph::simplify_shift(Op op, WordId a, WordId b) {
  if (is(a, 0)) return a;
  const auto k = constant_value(b);
  if (!k) return std::nullopt;
  const int n = *k & 31;
  const WordRange x = range(a);
  if (n == 0) return a;
  if (n != *k) return this->op(op, a, constant(n));
  if (op != Op::kShl && x.lo >= 0 && (x.hi >> n) == 0) return constant(0);
  const bool of_ushr = is_op(a, Op::kUshr) && constant_value(nodes_[a].b);  // (x >>> m) >> n = x >>> m + n
  if (op == Op::kUshr && x.lo >= 0 && !of_ushr) return this->op(Op::kShr, a, b);
  if (op == Op::kShr && x.lo >= 0 && of_ushr) return this->op(Op::kUshr, a, b);
  if (is_op(a, op)) {
    if (const auto inner = constant_value(nodes_[a].b)) {
      const int sum = n + (*inner & 31);
      if (sum > 31 && op != Op::kShr) return constant(0);
      return this->op(op, nodes_[a].a, constant(std::min(sum, 31)));
    }
  }
  return std::nullopt;
}

std::optional<WordId> WordGraph::simplify_comparison(Op op, WordId a, WordId b) {
  const WordRange x = range(a), y = range(b);
  if (a == b) return constant(op == Op::kGe || op == Op::kEq);
  const bool below = x.hi < y.lo, not_below = x.lo >= y.hi, apart = below || y.hi < x.lo;
  if (op == Op::kLt && (below || not_below)) return constant(below);
  if (op == Op::kGe && (below || not_below)) return constant(not_below);
  if (op == Op::kEq && apart) return constant(0);
  if (op == Op::kNe && apart) return constant(1);
  if ((op == Op::kEq || op == Op::kNe) && is_bool(a)) {
    const bool keeps = is(b, op == Op::kEq ? 1 : 0), negates = is(b, op == Op::kEq ? 0 : 1);
    if (keeps) return a;
    const Word w = nodes_[a];
    if (!negates || w.kind != Word::Kind::kOperation) return std::nullopt;
    if (w.op == Op::kLt) return this->op(Op::kGe, w.a, w.b);
    if (w.op == Op::kGe) return this->op(Op::kLt, w.a, w.b);
    if (w.op == Op::kEq) return this->op(Op::kNe, w.a, w.b);
    if (w.op == Op::kNe) return this->op(Op::kEq, w.a, w.b);
  }
  return std::nullopt;
}

std::optional<WordId> WordGraph::simplify_select(WordId a, WordId b, WordId c) {
  if (const auto k = constant_value(a)) return *k != 0 ? b : c;
  if (b == c) return b;
  const WordRange x = range(a);
  if (x.lo > 0 || x.hi < 0) return b;
  if (is_bool(a) && is(b, 1) && is(c, 0)) return a;
  if (is(nodes_[a].b, 0) && is_op(a, Op::kNe)) return this->op(Op::kSelect, nodes_[a].a, b, c);
  if (is(nodes_[a].b, 0) && is_op(a, Op::kEq)) return this->op(Op::kSelect, nodes_[a].a, c, b);
  return std::nullopt;
}

// Only the upper half of the angle counts: the lower half of a multiple of 2^16 may be anything, and (x >>> 16) 2^16 is x.
std::optional<WordId> WordGraph::simplify_sine(WordId a) {
  if (is_op(a, Op::kAdd)) {
    const auto low = constant_value(nodes_[a].b);
    const auto inner = as_multiple(nodes_[a].a);
    if (low && inner && *low >> 16 == 0 && inner->factor % (1 << 16) == 0) return this->op(Op::kSine, nodes_[a].a);
  }
  const auto multiple = as_multiple(a);
  if (!multiple || multiple->factor != 1 << 16) return std::nullopt;
  const WordId x = multiple->word;
  if ((is_op(x, Op::kUshr) || is_op(x, Op::kShr)) && is(nodes_[x].b, 16)) return this->op(Op::kSine, nodes_[x].a);
  return std::nullopt;
}

// Only the low byte is heard: a mask or multiple of 256 at the very end changes nothing.
WordId WordGraph::low_byte_only(WordId output) const {
  for (;;) {
    const Word& word = nodes_[output];
    if (word.kind != Word::Kind::kOperation) return output;
    const auto k = constant_value(word.b);
    const bool neutral = k && ((word.op == Op::kAnd && (*k & 255) == 255) || (word.op == Op::kAdd && (*k & 255) == 0) ||
                               ((word.op == Op::kOr || word.op == Op::kXor) && (*k & 255) == 0));
    if (!neutral) return output;
    output = word.a;
  }
}

Result<Program> WordGraph::finish(WordId output) {
  output = low_byte_only(output);
  std::vector<bool> live(nodes_.size());
  live[output] = true;
  for (WordId i = output + 1; i-- > 0;) {
    const Word& word = nodes_[i];
    if (!live[i] || word.kind != Word::Kind::kOperation) continue;
    const unsigned operands = operand_count(word.op);
    live[word.a] = true;
    if (operands > 1) live[word.b] = true;
    if (operands > 2) live[word.c] = true;
  }
  size_t instructions = 0, constants = 0;
  for (WordId i = 0; i <= output; i++) {
    instructions += live[i] && nodes_[i].kind == Word::Kind::kOperation;
    constants += live[i] && nodes_[i].kind == Word::Kind::kConstant;
  }
  if (instructions > 256 || constants > 256) {
    return input_error("the song is too long: it needs " + std::to_string(instructions) + " instructions and " +
                       std::to_string(constants) + " constants, and no program holds more than 256. Shorten it");
  }
  Program program;
  std::vector<Operand> where(nodes_.size());
  bool looks_up = false;
  for (WordId i = 0; i <= output; i++) {
    const Word& word = nodes_[i];
    if (!live[i] || word.kind == Word::Kind::kT) continue;
    if (word.kind == Word::Kind::kConstant) {
      where[i] = {Operand::Kind::kConstant, static_cast<uint8_t>(program.constants.size())};
      program.constants.push_back(word.value);
      continue;
    }
    where[i] = {Operand::Kind::kSlot, static_cast<uint8_t>(program.code.size())};
    program.code.push_back({word.op, where[word.a], where[word.b], where[word.c]});
    looks_up = looks_up || word.op == Op::kLookup;
  }
  if (looks_up) program.table = table_;
  program.output = where[output];
  SOTTO_CHECK(check_program(program).ok());
  return program;
}

}  // namespace sotto::sound
