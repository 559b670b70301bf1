// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/program.h"

#include <iterator>

namespace sotto::sound {
namespace {

// Operands are bytes, so no program can address more than this.
constexpr size_t kMaxAddressable = 256;

bool in_range(const Program& program, const Operand& operand, size_t readable_slots) {
  switch (operand.kind) {
    case Operand::Kind::kSlot: return operand.index < readable_slots;
    case Operand::Kind::kConstant: return operand.index < program.constants.size();
    case Operand::Kind::kT: return operand.index == 0;
  }
  return false;
}

Error bad_operand(const std::string& where) {
  return input_error("program: " + where + " reads a slot or constant that does not exist before it");
}

std::string counted(size_t n, const char* noun) { return std::to_string(n) + " " + noun + (n == 1 ? "" : "s"); }

}  // namespace

Status check_program(const Program& program) {
  if (program.code.size() > kMaxAddressable) return input_error("program: more than 256 instructions");
  if (program.constants.size() > kMaxAddressable) return input_error("program: more than 256 constants");
  if (program.table.size() > kMaxTable) return input_error("program: the table has more than 256 entries");
  for (size_t i = 0; i < program.code.size(); i++) {
    const Instruction& instruction = program.code[i];
    if (static_cast<unsigned>(instruction.op) >= kOpCount) {
      return input_error("program: instruction " + std::to_string(i) + " has an unknown operation");
    }
    for (const Operand& operand : {instruction.a, instruction.b, instruction.c}) {
      if (!in_range(program, operand, i)) return bad_operand("instruction " + std::to_string(i));
    }
  }
  if (!in_range(program, program.output, program.code.size())) return bad_operand("the output");
  return ok_status();
}

bool fits(const Program& program, const SizeClass& size) {
  return program.code.size() <= size.max_instructions() && program.constants.size() <= size.constants &&
         program.table.size() <= kMaxTable;
}

Result<SizeClass> smallest_class(const Program& program) {
  for (const SizeClass& size : kSizeClasses) {
    if (fits(program, size)) return size;
  }
  const SizeClass& largest = kSizeClasses[std::size(kSizeClasses) - 1];
  if (program.table.size() > kMaxTable) {
    return input_error("the song's table has " + std::to_string(program.table.size()) + " entries; at most " +
                       std::to_string(kMaxTable) + " fit");
  }
  return input_error("the song is too long to be proved: it needs " + counted(program.code.size(), "instruction") +
                     " and " + counted(program.constants.size(), "constant") + "; at most " +
                     std::to_string(largest.max_instructions()) + " and " + std::to_string(largest.constants) +
                     " fit. Shorten it");
}

}  // namespace sotto::sound
