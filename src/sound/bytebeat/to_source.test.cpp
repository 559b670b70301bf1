// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/random_program.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {
namespace {

TEST(ToSource, RandomProgramsCompileToTheSameSamples) {
  std::mt19937_64 random(11);
  for (unsigned round = 0; round < 1000; round++) {
    const Program p = random_program(random, 1 + static_cast<unsigned>(random() % 63));
    const std::string source = to_source(p);
    const Result<Program> again = compile(source);
    ASSERT_TRUE(again.ok()) << again.error().message << "\n" << source;
    ASSERT_LE(again->code.size(), p.code.size() + 8) << source;
    for (uint32_t first : {0u, 40000u, kSamples - 512}) {
      ASSERT_EQ(render(*again, 512, first), render(p, 512, first)) << "round " << round << " from " << first << "\n" << source;
    }
  }
}

TEST(ToSource, Reads) {
  EXPECT_EQ(to_source(*compile("t*(42&t>>10)")), "t*(t>>10&42)");
  EXPECT_EQ(to_source(*compile("a=t>>8,a*a")), "s0=t>>8,\ns0*s0");
  EXPECT_EQ(to_source(*compile("t/3")), "t/3|0");
  EXPECT_EQ(to_source(*compile("t")), "t");
  EXPECT_EQ(to_source(*compile("7")), "7");
}

TEST(ToSource, SourceOfSourceIsStable) {
  std::mt19937_64 random(12);
  for (unsigned round = 0; round < 200; round++) {
    const Result<Program> once = compile(to_source(random_program(random, 31)));
    ASSERT_TRUE(once.ok());
    const Result<Program> twice = compile(to_source(*once));
    ASSERT_TRUE(twice.ok());
    ASSERT_LE(twice->code.size(), once->code.size());
    ASSERT_EQ(render(*once, 2000), render(*twice, 2000));
  }
}

}  // namespace
}  // namespace sotto::sound
