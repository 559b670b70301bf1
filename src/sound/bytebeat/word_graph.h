// SPDX-License-Identifier: Apache-2.0
// Instructions on 32-bit words as a graph: constants folded with eval_op, equal instructions shared, safe
// simplifications applied, ranges known. finish() lays what is still used out as a Program.
#pragma once
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sound/bytebeat/program.h"

namespace sotto::sound {

using WordId = uint32_t;

// Signed values; exact where an operation cannot wrap, all of int32 otherwise.
struct WordRange {
  int64_t lo, hi;
  int64_t magnitude() const { return -lo > hi ? -lo : hi; }
};

class WordGraph {
 public:
  // `table` is the program's private table.
  explicit WordGraph(std::vector<uint32_t> table = {});
  WordId t() const { return 0; }
  WordId constant(int64_t value);  // modulo 2^32
  // Operands an operation does not use are ignored.
  WordId op(Op op, WordId a, WordId b = 0, WordId c = 0);
  WordRange range(WordId id) const { return nodes_[id].range; }
  // The same word, of which the caller knows that it lies in the range.
  WordId known_in(WordId id, WordRange range);
  std::optional<int32_t> constant_value(WordId id) const;
  // For MUL of a word by a constant: that word and the constant.
  struct Multiple { WordId word; int32_t factor; };
  std::optional<Multiple> as_multiple(WordId id) const;

  // The program whose sample is the low byte of `output`; an error says how far it is too long.
  Result<Program> finish(WordId output);

 private:
  struct Word {
    enum class Kind : uint8_t { kT, kConstant, kOperation } kind = Kind::kT;
    Op op = Op::kAdd;
    WordId a = 0, b = 0, c = 0;
    uint32_t value = 0;
    WordRange range{0, 0};
  };
  bool is(WordId id, int32_t value) const { return constant_value(id) == value; }
  bool is_op(WordId id, Op op) const { return nodes_[id].kind == Word::Kind::kOperation && nodes_[id].op == op; }
  bool is_bool(WordId id) const { return nodes_[id].range.lo >= 0 && nodes_[id].range.hi <= 1; }
  WordId intern(Op op, WordId a, WordId b, WordId c);
  std::optional<WordId> simplify(Op op, WordId a, WordId b, WordId c);
  std::optional<WordId> simplify_sum(Op op, WordId a, WordId b);
  std::optional<WordId> simplify_product(WordId a, WordId b);
  std::optional<WordId> simplify_quotient(Op op, WordId a, WordId b);
  std::optional<WordId> simplify_bits(Op op, WordId a, WordId b);
  std::optional<WordId> simplify_shift(Op op, WordId a, WordId b);
  std::optional<WordId> simplify_comparison(Op op, WordId a, WordId b);
  std::optional<WordId> simplify_select(WordId a, WordId b, WordId c);
  std::optional<WordId> simplify_sine(WordId a);
  WordRange range_of(const Word& word) const;
  WordId low_byte_only(WordId output) const;

  struct Key {
    uint64_t low, high;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    size_t operator()(const Key& k) const { return static_cast<size_t>((k.low * 0x9e3779b97f4a7c15u) ^ (k.high * 0xc2b2ae3d27d4eb4fu) ^ (k.low >> 31)); }
  };
  std::vector<Word> nodes_;
  std::vector<uint32_t> table_;
  std::unordered_map<Key, WordId, Hash> known_;
};

}  // namespace sotto::sound
