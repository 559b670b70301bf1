// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/render.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "sound/bytebeat/random_program.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::sound {
namespace {

constexpr uint32_t kEdges[] = {0,          1,          2,   7,   31,  32,  33,  63,         255,        256,
                               0x7fffffff, 0x80000000, 257, 300, 128, 100, 999, 0xffffffff, 0xfffffffe, 0x80000001};

// One byte of op(a, b, c).
Program one_op(Op op, uint32_t a, uint32_t b, uint32_t c, unsigned byte) {
  Program p;
  p.constants = {a, b, c, 8 * byte};
  p.table = {5, 0x80000000, 7};
  auto k = [](uint8_t i) { return Operand{Operand::Kind::kConstant, i}; };
  p.code = {{op, k(0), k(1), k(2)}, {Op::kUshr, {Operand::Kind::kSlot, 0}, k(3), {}}};
  p.output = {Operand::Kind::kSlot, 1};
  return p;
}

class RenderPath : public testing::TestWithParam<const char*> {
  void SetUp() override { setenv("SOTTO_CPU", GetParam(), 1); }
  void TearDown() override { unsetenv("SOTTO_CPU"); }
};
INSTANTIATE_TEST_SUITE_P(Cpu, RenderPath, testing::Values("best", "portable"));

TEST_P(RenderPath, EveryOperationAtTheEdges) {
  for (unsigned op = 0; op < kOpCount; op++) {
    for (uint32_t a : kEdges) {
      for (uint32_t b : kEdges) {
        for (unsigned byte : {0u, 3u}) {
          const Program p = one_op(static_cast<Op>(op), a, b, 77, byte);
          const uint32_t expected = eval_op(static_cast<Op>(op), a, b, 77, p.table);
          ASSERT_EQ(render(p, 1)[0], static_cast<uint8_t>(expected >> (8 * byte))) << kOpNames[op] << " " << a << " " << b;
        }
      }
    }
  }
}

TEST(Render, DefinedAnswers) {
  auto word = [](Op op, uint32_t a, uint32_t b, uint32_t c = 0) { return eval_op(op, a, b, c, {}); };
  EXPECT_EQ(word(Op::kDiv, 0x80000000u, 0xffffffffu), 0x80000000u);
  EXPECT_EQ(word(Op::kMod, 0x80000000u, 0xffffffffu), 0u);
  EXPECT_EQ(word(Op::kDiv, static_cast<uint32_t>(-7), 2), static_cast<uint32_t>(-3));
  EXPECT_EQ(word(Op::kMod, static_cast<uint32_t>(-7), 2), static_cast<uint32_t>(-1));
  EXPECT_EQ(word(Op::kDiv, 5, 0), 0u);
  EXPECT_EQ(word(Op::kMod, 5, 0), 0u);
  EXPECT_EQ(word(Op::kShl, 1, 33), 2u);
  EXPECT_EQ(word(Op::kShr, 0x80000000u, 31), 0xffffffffu);
  EXPECT_EQ(word(Op::kUshr, 0x80000000u, 31), 1u);
  EXPECT_EQ(word(Op::kLt, 0x80000000u, 0), 1u);
  EXPECT_EQ(word(Op::kSelect, 2, 3, 4), 3u);
  EXPECT_EQ(word(Op::kSelect, 0, 3, 4), 4u);
}

TEST_P(RenderPath, EqualsTheInterpreterOnRandomPrograms) {
  std::mt19937_64 random(1);
  const uint32_t starts[] = {0, 79999 - 700, 0x7fffffff - 300, 0xffffffff - 300};
  for (unsigned round = 0; round < 1500; round++) {
    const Program p = random_program(random, 1 + static_cast<unsigned>(random() % 63));
    ASSERT_TRUE(check_program(p).ok());
    const uint32_t first = starts[round % 4], count = 1 + static_cast<uint32_t>(random() % 700);
    const Samples samples = render(p, count, first);
    ASSERT_EQ(samples.size(), count);
    for (uint32_t i = 0; i < count; i += 1 + static_cast<uint32_t>(random() % 5)) {
      ASSERT_EQ(samples[i], render_one(p, first + i)) << "round " << round << " sample " << i;
    }
  }
}

TEST(Render, RandomProgramsUseEveryOperation) {
  std::mt19937_64 random(2);
  std::vector<unsigned> seen(kOpCount);
  for (unsigned round = 0; round < 50; round++) {
    const Program p = random_program(random, 31);
    EXPECT_EQ(p.code.size(), 31u);
    EXPECT_TRUE(fits(p, kSizeClasses[1]));
    for (const Instruction& i : p.code) seen[static_cast<unsigned>(i.op)]++;
  }
  for (unsigned op = 0; op < kOpCount; op++) EXPECT_GT(seen[op], 0u) << kOpNames[op];
}

TEST(Render, LookupsPastTheEndAreZero) {
  Program p;
  p.table = {9, 8, 7};
  p.code = {{Op::kLookup, {Operand::Kind::kT, 0}, {}, {}}};
  p.output = {Operand::Kind::kSlot, 0};
  const Samples s = render(p, 600);
  EXPECT_EQ(s[2], 7);
  EXPECT_EQ(s[3], 0);
  EXPECT_EQ(s[255], 0);
  EXPECT_EQ(s[256], 9);  // the index is taken modulo 256
}

TEST_P(RenderPath, StretchesAreCutOutOfTheSong) {
  std::mt19937_64 random(5);
  const Program program = random_program(random, 12);
  const Samples song = render(program, 5000);
  const std::array<uint32_t, 4> firsts = {0, 256, 77, 4400};
  for (const uint32_t length : {1u, 255u, 256u, 600u}) {
    const Samples stretches = render_stretches(program, firsts, length);
    ASSERT_EQ(stretches.size(), firsts.size() * length);
    for (size_t i = 0; i < firsts.size(); ++i)
      EXPECT_TRUE(std::equal(song.begin() + firsts[i], song.begin() + firsts[i] + length, stretches.begin() + static_cast<ptrdiff_t>(i * length)));
  }
  EXPECT_TRUE(render_stretches(program, {}, 100).empty());
}

TEST(Render, ProgramsWithoutInstructionsOrSamples) {
  EXPECT_EQ(render(Program{}, 3, 254), (Samples{254, 255, 0}));
  EXPECT_TRUE(render(Program{}, 0).empty());
}

TEST_P(RenderPath, Speed) {
  std::mt19937_64 random(3);
  std::vector<Program> programs;
  for (int i = 0; i < 50; i++) programs.push_back(random_program(random, 14));
  const auto start = std::chrono::steady_clock::now();
  uint64_t sum = 0;
  for (const Program& p : programs) sum += render(p)[1234];
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() / 50;
  RecordProperty("ms_per_song", std::to_string(ms));
  std::printf("one song of 14 random instructions, %s: %.3f ms (%llu)\n", GetParam(), ms, static_cast<unsigned long long>(sum));
}

}  // namespace
}  // namespace sotto::sound
