// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/random_program.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace sotto::sound {
namespace {

constexpr uint32_t kEdges[] = {0, 1, 0xffffffffu, 0x80000000u, 31, 32, 0x7fffffffu, 255, 256, 0xfffffffeu};

// std::uniform_int_distribution differs between standard libraries; the remainder does not.
uint32_t below(std::mt19937_64& random, uint32_t n) { return static_cast<uint32_t>(random() % n); }

uint32_t random_word(std::mt19937_64& random) {
  const uint32_t word = static_cast<uint32_t>(random());
  switch (below(random, 4)) {
    case 0: return kEdges[below(random, std::size(kEdges))];
    case 1: return word & 63;                    // shift counts, table indices
    case 2: return word >> below(random, 32);    // every magnitude
    default: return 0u - (word >> below(random, 32));
  }
}

Operand random_operand(std::mt19937_64& random, const Program& program) {
  const uint32_t slots = static_cast<uint32_t>(program.code.size());
  const uint32_t kind = below(random, 8);
  // Recent slots are preferred: it keeps most of the program alive.
  if (kind < 4 && slots > 0) {
    const uint32_t back = below(random, 2) ? below(random, std::min(slots, 3u)) : below(random, slots);
    return {Operand::Kind::kSlot, static_cast<uint8_t>(slots - 1 - back)};
  }
  if (kind < 6) return {Operand::Kind::kT, 0};
  return {Operand::Kind::kConstant, static_cast<uint8_t>(below(random, static_cast<uint32_t>(program.constants.size())))};
}

}  // namespace

Program random_program(std::mt19937_64& random, unsigned instructions) {
  SOTTO_CHECK(instructions <= 63);
  Program program;
  // 31 constants fit every size class.
  for (uint32_t edge : {0u, 1u, 0xffffffffu, 0x80000000u, 31u, 32u}) program.constants.push_back(edge);
  for (uint32_t more = below(random, 26); more > 0; more--) program.constants.push_back(random_word(random));
  program.table.resize(below(random, 5) ? below(random, 65) : kMaxTable);
  for (uint32_t& entry : program.table) entry = random_word(random);
  for (unsigned i = 0; i < instructions; i++) {
    Instruction instruction{static_cast<Op>(below(random, kOpCount)), {}, {}, {}};
    const unsigned operands = operand_count(instruction.op);
    instruction.a = random_operand(random, program);
    if (operands > 1) instruction.b = random_operand(random, program);
    if (operands > 2) instruction.c = random_operand(random, program);
    program.code.push_back(instruction);
  }
  if (instructions > 0) program.output = {Operand::Kind::kSlot, static_cast<uint8_t>(instructions - 1)};
  return program;
}

}  // namespace sotto::sound
