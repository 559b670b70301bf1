// SPDX-License-Identifier: Apache-2.0
// The definition of every operation of the virtual machine, for words of `bits` bits (32 in Sotto; proofs of toy size use 16).
// Interpreter, renderer, proof witness and tests all come back to eval_op.
#pragma once
#include <cstdint>
#include <span>

#include "sound/bytebeat/program.h"
#include "sound/bytebeat/sine.h"

namespace sotto::sound {

// Signed value of a word of `bits` bits.
constexpr int64_t to_signed(uint64_t word, unsigned bits) {
  return (word >> (bits - 1)) & 1 ? static_cast<int64_t>(word) - (int64_t{1} << bits) : static_cast<int64_t>(word);
}

// Result of one operation; a, b, c < 2^bits. Shift counts are taken modulo bits; `/` truncates toward zero; `%` has the
// sign of the dividend; x / 0 = x % 0 = 0; comparisons are signed and give 0 or 1; select is a ? b : c.
// lookup is table[a mod 2^index_bits], 0 past the end of the table (index_bits = 8 in Sotto). sine is sine_of its
// argument, an angle of which 2^bits are a turn.
constexpr uint32_t eval_op(Op op, uint32_t a, uint32_t b, uint32_t c, std::span<const uint32_t> table, unsigned bits = 32,
                           unsigned index_bits = 8) {
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  const unsigned shift = b & (bits - 1);
  const int64_t sa = to_signed(a, bits), sb = to_signed(b, bits);
  auto word = [&](uint64_t v) { return static_cast<uint32_t>(v & mask); };
  switch (op) {
    case Op::kAdd: return word(uint64_t{a} + b);
    case Op::kSub: return word(uint64_t{a} - b);
    case Op::kMul: return word(uint64_t{a} * b);
    case Op::kDiv: return sb == 0 ? 0 : word(static_cast<uint64_t>(sa / sb));
    case Op::kMod: return sb == 0 ? 0 : word(static_cast<uint64_t>(sa % sb));
    case Op::kAnd: return a & b;
    case Op::kOr: return a | b;
    case Op::kXor: return a ^ b;
    case Op::kShl: return word(uint64_t{a} << shift);
    case Op::kShr: return word(static_cast<uint64_t>(sa >> shift));
    case Op::kUshr: return a >> shift;
    case Op::kLt: return sa < sb;
    case Op::kGe: return sa >= sb;
    case Op::kEq: return a == b;
    case Op::kNe: return a != b;
    case Op::kSelect: return a ? b : c;
    case Op::kLookup: {
      const uint32_t i = a & ((1u << index_bits) - 1);
      return i < table.size() ? table[i] : 0;
    }
    case Op::kSine: return word(static_cast<uint64_t>(int64_t{sine_of(a, bits)}));
  }
  return 0;
}

}  // namespace sotto::sound
