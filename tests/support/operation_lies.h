// SPDX-License-Identifier: Apache-2.0
// A wrong result for every constraint of every operation, which this constraint alone forbids.
#pragma once
#include "support/lies.h"

namespace sotto::forge {

// The lie: operands, a wrong result, and the auxiliary cells that satisfy everything but the constraint.
struct OperationLie {
  claim::Op op;
  unsigned constraint;
  uint32_t a, b, c, out;
  uint32_t w1 = 0, w2 = 0, cy = 0, z = 0;
};

inline constexpr uint32_t neg(uint32_t v) { return 0x10000 - v; }

inline const OperationLie kOperationLies[] = {
    {claim::Op::kAdd, 0, 5, 7, 0, 13},
    {claim::Op::kSub, 0, 5, 7, 0, 9, 0, 0, 1},
    {claim::Op::kMul, 0, 300, 400, 0, 1, 1},
    // 100 / 7 = 14 rest 2
    {claim::Op::kDiv, 0, 100, 7, 0, 15, 2, 4},
    {claim::Op::kDiv, 1, 100, 7, 0, 13, 9, 0},
    {claim::Op::kDiv, 2, 100, 7, 0, 0, 100, 0, 0, 1},
    {claim::Op::kDiv, 3, 100, 0, 0, 5, 100, 0, 0, 1},
    {claim::Op::kMod, 0, 100, 7, 0, 3, 14, 3},
    {claim::Op::kMod, 1, 100, 7, 0, 9, 13, 0},
    {claim::Op::kMod, 2, 100, 7, 0, 0, 0, 100, 0, 1},
    {claim::Op::kMod, 3, 100, 0, 0, 1, 0, 99, 0, 1},
    {claim::Op::kMod, 4, 100, 7, 0, neg(5), 15, 11, 1},  // rest -5 for a positive dividend
    {claim::Op::kMod, 5, neg(100), 7, 0, 5, 15, 11, 0},  // rest +5 for a negative one
    {claim::Op::kAnd, 0, 12, 10, 0, 9},
    {claim::Op::kOr, 0, 12, 10, 0, 15},
    {claim::Op::kXor, 0, 12, 10, 0, 7},
    {claim::Op::kShl, 0, 0x1234, 4, 0, 0x2341, 1},
    {claim::Op::kShr, 0, neg(100), 3, 0, neg(12), 4, 3},  // -100 >> 3 = -13, rest 4
    {claim::Op::kShr, 1, neg(100), 3, 0, neg(14), 12, 0},
    {claim::Op::kUshr, 0, 100, 3, 0, 13, 4, 3},
    {claim::Op::kUshr, 1, 100, 3, 0, 11, 12, 0},
    {claim::Op::kLt, 0, 5, 7, 0, 0, neg(2), 0, 0},
    {claim::Op::kLt, 1, 5, 7, 0, 0, neg(2), 0, 1},
    {claim::Op::kGe, 0, 5, 7, 0, 1, neg(2), 0, 0},
    {claim::Op::kGe, 1, 5, 7, 0, 1, neg(2), 0, 1},
    {claim::Op::kEq, 0, 5, 7, 0, 1, 0, 0, 0, 1},
    {claim::Op::kEq, 1, 5, 5, 0, 0, 0, 0, 0, 0},
    {claim::Op::kEq, 2, 5, 7, 0, 1, 1, 0, 1, 0},
    {claim::Op::kNe, 0, 5, 7, 0, 0, 0, 0, 0, 1},
    {claim::Op::kNe, 1, 5, 5, 0, 1, 0, 0, 0, 0},
    {claim::Op::kNe, 2, 5, 7, 0, 0, 1, 0, 1, 0},
    {claim::Op::kSelect, 0, 5, 7, 9, 9, 0, 0, 0, 1},
    {claim::Op::kSelect, 1, 0, 7, 9, 7, 0, 0, 0, 0},
    {claim::Op::kSelect, 2, 5, 7, 9, 9, 4, 0, 0, 0},
};

inline sound::Program song_for(claim::Op op, uint32_t a, uint32_t b, uint32_t c) {
  using Operand = sound::Operand;
  sound::Program p;
  p.constants = {a, b, c};
  for (uint32_t i = 0; i < 16; i++) p.table.push_back((i * 40503u + 77) & 0xffff);
  auto constant = [](uint8_t i) { return Operand{Operand::Kind::kConstant, i}; };
  p.code = {{op, constant(0), constant(1), constant(2)}, {claim::Op::kAdd, {Operand::Kind::kSlot, 0}, {}, {}}};
  p.output = {Operand::Kind::kSlot, 1};
  return p;
}
inline Start start_for(const std::shared_ptr<const ProvingKey>& key, const OperationLie& lie) {
  return make_start(key, song_for(lie.op, lie.a, lie.b, lie.c));
}

// Writes the lie into the row of slot 0 at one sample; later slots follow.
inline constexpr uint64_t kLieTime = 77;
inline void write_lie(const Start& start, Tables& t, const OperationLie& lie) {
  using namespace claim;
  const Shape& s = start.key->shape;
  const uint64_t x = machine_row(s, 0, kLieTime);
  rerun_sample(start, t, kLieTime, [&](unsigned slot, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (slot == 0) out = lie.out;
  });
  t[kW1l][x] = Fr(uint64_t{lie.w1 & 255}), t[kW1h][x] = Fr(uint64_t{lie.w1 >> 8});
  t[kW2l][x] = Fr(uint64_t{lie.w2 & 255}), t[kW2h][x] = Fr(uint64_t{lie.w2 >> 8});
  t[kCy][x] = Fr(uint64_t{lie.cy}), t[kZ][x] = Fr(uint64_t{lie.z});
}

}  // namespace sotto::forge
