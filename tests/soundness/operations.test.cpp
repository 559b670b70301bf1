// SPDX-License-Identifier: Apache-2.0
// Every constraint of every operation, in real proofs: a wrong result that this constraint alone forbids is rejected, and accepted
// once prover and verifier leave the constraint out. (relations.test.cpp is exhaustive, over small integers.)
#include <set>

#include "support/lies.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

// The lie: operands, a wrong result, and the auxiliary cells that satisfy everything but the constraint.
struct Lie {
  Op op;
  unsigned constraint;
  uint32_t a, b, c, out;
  uint32_t w1 = 0, w2 = 0, cy = 0, z = 0;
};

constexpr uint32_t neg(uint32_t v) { return 0x10000 - v; }

const Lie kLies[] = {
    {Op::kAdd, 0, 5, 7, 0, 13},
    {Op::kSub, 0, 5, 7, 0, 9, 0, 0, 1},
    {Op::kMul, 0, 300, 400, 0, 1, 1},
    // 100 / 7 = 14 rest 2
    {Op::kDiv, 0, 100, 7, 0, 15, 2, 4},
    {Op::kDiv, 1, 100, 7, 0, 13, 9, 0},
    {Op::kDiv, 2, 100, 7, 0, 0, 100, 0, 0, 1},
    {Op::kDiv, 3, 100, 0, 0, 5, 100, 0, 0, 1},
    {Op::kMod, 0, 100, 7, 0, 3, 14, 3},
    {Op::kMod, 1, 100, 7, 0, 9, 13, 0},
    {Op::kMod, 2, 100, 7, 0, 0, 0, 100, 0, 1},
    {Op::kMod, 3, 100, 0, 0, 1, 0, 99, 0, 1},
    {Op::kMod, 4, 100, 7, 0, neg(5), 15, 11, 1},        // rest -5 for a positive dividend
    {Op::kMod, 5, neg(100), 7, 0, 5, 15, 11, 0},        // rest +5 for a negative one
    {Op::kAnd, 0, 12, 10, 0, 9},
    {Op::kOr, 0, 12, 10, 0, 15},
    {Op::kXor, 0, 12, 10, 0, 7},
    {Op::kShl, 0, 0x1234, 4, 0, 0x2341, 1},
    {Op::kShr, 0, neg(100), 3, 0, neg(12), 4, 3},       // -100 >> 3 = -13, rest 4
    {Op::kShr, 1, neg(100), 3, 0, neg(14), 12, 0},
    {Op::kUshr, 0, 100, 3, 0, 13, 4, 3},
    {Op::kUshr, 1, 100, 3, 0, 11, 12, 0},
    {Op::kLt, 0, 5, 7, 0, 0, neg(2), 0, 0},
    {Op::kLt, 1, 5, 7, 0, 0, neg(2), 0, 1},
    {Op::kGe, 0, 5, 7, 0, 1, neg(2), 0, 0},
    {Op::kGe, 1, 5, 7, 0, 1, neg(2), 0, 1},
    {Op::kEq, 0, 5, 7, 0, 1, 0, 0, 0, 1},
    {Op::kEq, 1, 5, 5, 0, 0, 0, 0, 0, 0},
    {Op::kEq, 2, 5, 7, 0, 1, 1, 0, 1, 0},
    {Op::kNe, 0, 5, 7, 0, 0, 0, 0, 0, 1},
    {Op::kNe, 1, 5, 5, 0, 1, 0, 0, 0, 0},
    {Op::kNe, 2, 5, 7, 0, 0, 1, 0, 1, 0},
    {Op::kSelect, 0, 5, 7, 9, 9, 0, 0, 0, 1},
    {Op::kSelect, 1, 0, 7, 9, 7, 0, 0, 0, 0},
    {Op::kSelect, 2, 5, 7, 9, 9, 4, 0, 0, 0},
};

Start start_for(const std::shared_ptr<const ProvingKey>& key, const Lie& lie) {
  using Operand = sound::Operand;
  sound::Program p;
  p.constants = {lie.a, lie.b, lie.c};
  auto constant = [](uint8_t i) { return Operand{Operand::Kind::kConstant, i}; };
  p.code = {{lie.op, constant(0), constant(1), constant(2)}, {Op::kAdd, {Operand::Kind::kSlot, 0}, {}, {}}};
  p.output = {Operand::Kind::kSlot, 1};
  return make_start(key, p);
}

TEST(OperationForgeries, EveryConstraintRejectsOneOfItsOwn) {
  const auto key = toy::key();
  std::set<unsigned> covered;
  unsigned heard = 0;
  for (const Lie& lie : kLies) {
    const unsigned term = kFirstConstraint[static_cast<unsigned>(lie.op)] + lie.constraint;
    const std::string what = std::string(sound::kOpNames[static_cast<unsigned>(lie.op)]) + ", constraint " + std::to_string(lie.constraint);
    covered.insert(term);
    ASSERT_NE(lie.out, sound::eval_op(lie.op, lie.a, lie.b, lie.c, {}, 16, 4)) << what;
    const Start start = start_for(key, lie);
    Plan plan{.cells = [&](Tables& t) {
      const Shape& s = key->shape;
      const uint64_t time = 77, x = machine_row(s, 0, time);
      rerun_sample(start, t, time, [&](unsigned slot, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) { if (slot == 0) out = lie.out; });
      t[kW1l][x] = Fr(uint64_t{lie.w1 & 255}), t[kW1h][x] = Fr(uint64_t{lie.w1 >> 8});
      t[kW2l][x] = Fr(uint64_t{lie.w2 & 255}), t[kW2h][x] = Fr(uint64_t{lie.w2 >> 8});
      t[kCy][x] = Fr(uint64_t{lie.cy}), t[kZ][x] = Fr(uint64_t{lie.z});
      return rejudge(start, t);
    }};
    expect_rejected(key->vk, forge::forge(start, plan), what, "reduction identity");
    plan.challenges = [=](Challenges& c) { c.alpha[term] = Fr::zero(); };
    const Proven forged = forge::forge(start, plan);
    EXPECT_EQ(verdict_without(term, key->vk, forged), "accepted") << what;
    heard += forged.statement.score != start.score;
  }
  EXPECT_GT(heard, std::size(kLies) / 2);  // one sample of 203 does not always move the score
  EXPECT_EQ(covered.size(), kFirstConstraint[sound::kOpCount]);
}

}  // namespace
}  // namespace sotto
