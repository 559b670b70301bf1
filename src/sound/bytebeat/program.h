// SPDX-License-Identifier: Apache-2.0
// A song as the virtual machine sees it: at most K - 1 straight-line instructions over 32-bit words, private constants,
// one private table. The semantics are defined in semantics.h and described in docs/bytebeat.md.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::sound {

// The order is the index of the operation flag in the proof: append, never reorder.
enum class Op : uint8_t {
  kAdd, kSub, kMul, kDiv, kMod, kAnd, kOr, kXor, kShl, kShr, kUshr, kLt, kGe, kEq, kNe, kSelect, kLookup, kSine
};
inline constexpr unsigned kOpCount = 18;
// How many operands an operation uses.
constexpr unsigned operand_count(Op op) {
  return op == Op::kLookup || op == Op::kSine ? 1 : op == Op::kSelect ? 3 : 2;
}
inline constexpr const char* kOpNames[kOpCount] = {"add", "sub", "mul", "div", "mod", "and", "or", "xor", "shl",
                                                   "shr", "ushr", "lt", "ge", "eq", "ne", "select", "lookup", "sine"};

// Where an operand comes from: an earlier slot, the sample counter t, or a constant.
struct Operand {
  enum class Kind : uint8_t { kSlot, kT, kConstant };
  Kind kind = Kind::kT;
  uint8_t index = 0;  // slot number or position in Program::constants; 0 for kT
  bool operator==(const Operand&) const = default;
};

// r = op(a, b, c). Operands that an operation does not use are kT (they are still present in the proof).
struct Instruction {
  Op op = Op::kAdd;
  Operand a, b, c;
  bool operator==(const Instruction&) const = default;
};

inline constexpr unsigned kSampleRate = 8000;
inline constexpr unsigned kSamples = 80000;  // 10 s
inline constexpr unsigned kMaxTable = 256;   // LOOKUP reads table[a mod 256]; entries past the end are 0

struct Program {
  std::vector<Instruction> code;     // slot i may only read slots < i
  std::vector<uint32_t> constants;
  std::vector<uint32_t> table;       // at most kMaxTable entries
  Operand output;                    // its low 8 bits are the sample
  bool operator==(const Program&) const = default;
};

// A size class: what a proof can hold. Slot K - 1 is the output slot, so K - 1 instructions remain.
struct SizeClass {
  unsigned slots;      // K
  unsigned constants;  // sources are slots, t, constants; padded to 64 (K <= 32) or 128 (K = 64)
  unsigned max_instructions() const { return slots - 1; }
};
inline constexpr SizeClass kSizeClasses[] = {{16, 47}, {32, 31}, {64, 63}};

// Structural validity: operand ranges, no self or forward reference, table size.
Status check_program(const Program& program);
// The smallest class that holds the program, or an error that says what does not fit.
Result<SizeClass> smallest_class(const Program& program);
bool fits(const Program& program, const SizeClass& size);

}  // namespace sotto::sound
