// SPDX-License-Identifier: Apache-2.0
// A song as the genetic programmer handles it: an expression tree in prefix order and at most one table of notes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sotto::contest {

enum class Gene : uint8_t {
  kT, kConstant,                                                              // leaves
  kNot, kNegate, kNote,                                                       // kNote: table[a mod table size]
  kAdd, kSub, kMul, kDiv, kMod, kAnd, kOr, kXor, kShl, kShr, kUshr, kLt, kGt, kEq,
  kSelect,
  kSine  // the machine's: of songs that were read, never drawn
};
inline constexpr unsigned kGeneCount = 21;

constexpr unsigned arity(Gene gene) {
  if (gene <= Gene::kConstant) return 0;
  if (gene <= Gene::kNote || gene == Gene::kSine) return 1;
  return gene == Gene::kSelect ? 3 : 2;
}

struct Node {
  Gene gene = Gene::kT;
  uint32_t value = 0;  // of kConstant
  bool operator==(const Node&) const = default;
};

struct Genome {
  std::vector<Node> nodes;      // prefix order, exactly one tree
  std::vector<uint32_t> table;  // empty, or a power of two of entries
  bool operator==(const Genome&) const = default;
};

inline constexpr size_t kMaxNodes = 160;  // a bound on work; what counts is the number of instructions after compilation
inline constexpr size_t kMaxNotes = 16;

// One past the end of the subtree that starts at `from`. Requires a complete subtree.
size_t subtree_end(const std::vector<Node>& nodes, size_t from);

// Fully parenthesised bytebeat source.
std::string to_source(const Genome& genome);

// The form that the store keeps: prefix tokens, then "@" and the table. decode refuses what encode does not write.
std::string encode(const Genome& genome);
Result<Genome> decode_genome(std::string_view text);

}  // namespace sotto::contest
