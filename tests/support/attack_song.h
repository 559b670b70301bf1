// SPDX-License-Identifier: Apache-2.0
// The song on which most attacks are tried, and the two kinds of lies about it: in the machine, with the judge honest about what
// follows; and in the judge.
#pragma once
#include "support/lies.h"

namespace sotto::forge {

// Every operation once, every result used. Slots: see attack_slot.
enum AttackSlot : unsigned { sAdd, sMul, sDiv, sMod, sAnd, sOr, sXor, sShl, sShr, sUshr, sLt, sEq, sSelect, sLookup, sSub };
inline sound::Program attack_program() {
  using sound::Op;
  sound::Program p;
  p.constants = {5, 7, 0xfffd, 3, 100, 0x55};
  auto slot = [](unsigned i) { return sound::Operand{sound::Operand::Kind::kSlot, static_cast<uint8_t>(i)}; };
  auto constant = [](unsigned i) { return sound::Operand{sound::Operand::Kind::kConstant, static_cast<uint8_t>(i)}; };
  const sound::Operand t;
  p.code = {{Op::kAdd, t, constant(0), t},          {Op::kMul, slot(sAdd), t, t},        {Op::kDiv, slot(sMul), constant(1), t},
            {Op::kMod, slot(sMul), constant(2), t}, {Op::kAnd, slot(sAdd), constant(5), t}, {Op::kOr, slot(sDiv), slot(sAnd), t},
            {Op::kXor, slot(sOr), slot(sMod), t},   {Op::kShl, slot(sXor), constant(3), t}, {Op::kShr, slot(sMul), constant(3), t},
            {Op::kUshr, slot(sShl), constant(3), t}, {Op::kLt, slot(sShr), slot(sUshr), t}, {Op::kEq, slot(sAnd), constant(0), t},
            {Op::kSelect, slot(sLt), slot(sUshr), slot(sEq)}, {Op::kLookup, slot(sSelect), t, t}, {Op::kSub, slot(sLookup), slot(sXor), t}};
  for (uint32_t i = 0; i < 16; i++) p.table.push_back((i * 40503u + 77) & 0xffff);
  p.output = slot(sSub);
  return p;
}
inline const Start& attack_start() {
  static const Start start = make_start(toy::key(), attack_program());
  return start;
}

inline const claim::Shape& shape() { return attack_start().key->shape; }
inline const claim::Layout& layout() { return attack_start().key->layout; }
inline Fr limb() { return Fr(uint64_t{1} << shape().limb_bits); }
inline constexpr uint64_t kTime = 50;
inline uint64_t row_of(unsigned slot, uint64_t t = kTime) { return machine_row(shape(), slot, t); }

// Changes one sample, lets the rest of the song and the judge follow.
inline std::function<uint32_t(Tables&)> at_one_sample(const Tamper& tamper, const std::function<void(Tables&)>& then = {}) {
  return [=](Tables& t) {
    rerun_sample(attack_start(), t, kTime, tamper);
    if (then) then(t);
    return rejudge(attack_start(), t);
  };
}
inline std::function<uint32_t(Tables&)> at_all_samples(const Tamper& tamper, const std::function<void(Tables&)>& then = {}) {
  return [=](Tables& t) {
    rerun(attack_start(), t, tamper);
    if (then) then(t);
    return rejudge(attack_start(), t);
  };
}
// The result of one slot is another word.
inline Tamper wrong_result(unsigned slot, uint32_t difference) {
  return [=](unsigned k, uint32_t& a, uint32_t& b, uint32_t& c, std::optional<uint32_t>& out) {
    const auto op = static_cast<claim::Op>(pad_program(shape(), attack_program())[k].op);
    if (k == slot) out = (sound::eval_op(op, a, b, c, attack_program().table, 16, 4) + difference) & 0xffff;
  };
}
inline std::function<uint32_t(Tables&)> judge_lie(unsigned given, const std::function<void(judge::Trace&)>& edit, const std::function<void(Tables&)>& then = {}) {
  return [=](Tables& t) {
    const uint32_t score = rejudge(attack_start(), t, given, edit);
    if (then) then(t);
    return score;
  };
}

}  // namespace sotto::forge
