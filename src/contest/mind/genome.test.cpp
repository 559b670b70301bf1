// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/genome.h"

#include <gtest/gtest.h>

#include "contest/mind/composer.h"
#include "contest/mind/grammar.h"
#include "sound/bytebeat/compile.h"

namespace sotto::contest {
namespace {

TEST(Genome, SourceIsFullyParenthesised) {
  const auto g = decode_genome("& * t #5 >> t #7");
  ASSERT_TRUE(g.ok());
  EXPECT_EQ(to_source(*g), "((t*5)&(t>>7))");
  const auto melody = decode_genome("* t note >> t #13 @6,8,9,12");
  ASSERT_TRUE(melody.ok());
  EXPECT_EQ(to_source(*melody), "(t*[6,8,9,12][(t>>13)&3])");
}

TEST(Genome, EncodingComesBack) {
  for (uint64_t i = 0; i < 2000; ++i) {
    Rng rng(7, i, 0, 0);
    Genome g = random_genome(rng);
    for (unsigned k = 0; k < 4; ++k) g = mutate(g, rng);
    const auto back = decode_genome(encode(g));
    ASSERT_TRUE(back.ok()) << encode(g);
    EXPECT_EQ(*back, g);
    EXPECT_LE(g.nodes.size(), kMaxNodes);
  }
}

TEST(Genome, DamagedTextIsRefused) {
  for (const char* text : {"", "+ t", "t t", "+ t #x", "+ t #", "foo", "note t", "note t @", "note t @1,2,3", "note t @1,", "? t t",
                           "+ t #99999999999", "note t @1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32"})
    EXPECT_FALSE(decode_genome(text).ok()) << text;
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "~ ";
  EXPECT_FALSE(decode_genome(deep + "t").ok());
}

TEST(Grammar, NearlyEverySongCompilesAndFits) {
  const auto size = size_class(32);
  ASSERT_TRUE(size.ok());
  unsigned compiles = 0, fits = 0;
  for (uint64_t i = 0; i < 1000; ++i) {
    Rng rng(11, i, 0, 0);
    const Genome g = random_genome(rng);
    const auto program = sound::compile(to_source(g));
    compiles += program.ok();
    fits += program.ok() && sound::fits(*program, *size);
    if (!program.ok() && compiles + 5 > i) std::printf("%s: %s\n", to_source(g).c_str(), program.error().message.c_str());
  }
  EXPECT_GE(compiles, 950u);
  EXPECT_GE(fits, 900u);
}

TEST(Grammar, VariationChangesTheParent) {
  unsigned same = 0;
  for (uint64_t i = 0; i < 1000; ++i) {
    Rng rng(13, i, 0, 0);
    const Genome a = random_genome(rng), b = random_genome(rng);
    same += mutate(a, rng) == a;
    same += crossover(a, b, rng) == a;
  }
  EXPECT_LE(same, 300u);
}

// The streams are part of what --seed promises: these songs must come out on every machine.
TEST(Grammar, SeedsNameSongs) {
  Rng a(1, 2, 3, 4), b(1, 2, 3, 4), c(1, 2, 3, 5);
  EXPECT_EQ(encode(random_genome(a)), encode(random_genome(b)));
  Rng again(1, 2, 3, 4);
  EXPECT_NE(again.next(), c.next());
}

}  // namespace
}  // namespace sotto::contest
