// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/program.h"

#include <gtest/gtest.h>

namespace sotto::sound {
namespace {

Operand slot(uint8_t i) { return {Operand::Kind::kSlot, i}; }
Operand constant(uint8_t i) { return {Operand::Kind::kConstant, i}; }

Program of_size(unsigned instructions, unsigned constants) {
  Program p;
  p.constants.resize(constants);
  p.code.resize(instructions);
  return p;
}

TEST(Program, AcceptsWhatIsWellFormed) {
  Program p = of_size(3, 1);
  p.code[1].a = slot(0);
  p.code[2].b = constant(0);
  p.output = slot(2);
  EXPECT_TRUE(check_program(p).ok());
  EXPECT_TRUE(check_program(Program{}).ok());
}

TEST(Program, RefusesBadOperands) {
  auto refused = [](auto change) {
    Program p = of_size(3, 1);
    change(p);
    return !check_program(p).ok();
  };
  EXPECT_TRUE(refused([](Program& p) { p.code[1].a = slot(1); }));       // itself
  EXPECT_TRUE(refused([](Program& p) { p.code[1].c = slot(2); }));       // forward
  EXPECT_TRUE(refused([](Program& p) { p.code[0].b = constant(1); }));   // no such constant
  EXPECT_TRUE(refused([](Program& p) { p.output = slot(3); }));
  EXPECT_TRUE(refused([](Program& p) { p.output = {Operand::Kind::kT, 1}; }));  // not the one encoding of t
  EXPECT_TRUE(refused([](Program& p) { p.code[0].op = static_cast<Op>(kOpCount); }));
  EXPECT_TRUE(refused([](Program& p) { p.code[0].a.kind = static_cast<Operand::Kind>(3); }));
  EXPECT_TRUE(refused([](Program& p) { p.table.resize(kMaxTable + 1); }));
  EXPECT_TRUE(refused([](Program& p) { p.code.resize(257); }));
}

TEST(Program, SmallestClass) {
  EXPECT_EQ(smallest_class(of_size(15, 47)).value().slots, 16u);
  EXPECT_EQ(smallest_class(of_size(16, 31)).value().slots, 32u);
  EXPECT_EQ(smallest_class(of_size(16, 32)).value().slots, 64u);  // 32 constants do not fit K = 32
  EXPECT_EQ(smallest_class(of_size(5, 48)).value().slots, 64u);
  EXPECT_EQ(smallest_class(of_size(63, 63)).value().slots, 64u);
  const auto too_long = smallest_class(of_size(64, 1));
  ASSERT_FALSE(too_long.ok());
  EXPECT_NE(too_long.error().message.find("64 instructions and 1 constant;"), std::string::npos) << too_long.error().message;
  EXPECT_FALSE(smallest_class(of_size(1, 64)).ok());
}

}  // namespace
}  // namespace sotto::sound
