// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/corpus.h"

#include <gtest/gtest.h>

#include <random>

namespace sotto::judge {
namespace {

constexpr const char* kLines = R"J({"id":"a","author":"x","group":"g","mode":"Signed Bytebeat","sample_rate":11025,"rating":2,"code":"t*3"}
{"id":"b","mode":"Floatbeat","code":"sin(t)"}

{"id":"c","code":"t>>4","rating":null}
{"id":"d","code":"t","sample_rate":7e9}
)J";

TEST(Corpus, Lines) {
  const auto corpus = parse_corpus(kLines, "lines");
  ASSERT_TRUE(corpus.ok()) << corpus.error().message;
  ASSERT_EQ(corpus->songs.size(), 2u);
  EXPECT_EQ(corpus->left_out, 2u);
  const CorpusSong& song = corpus->songs[0];
  EXPECT_EQ(song.author, "x");
  EXPECT_EQ(song.group, "g");
  EXPECT_EQ(song.mode, sound::SampleMode::kSigned);
  EXPECT_EQ(song.sample_rate, 11025u);
  EXPECT_EQ(song.rating, 2);
  EXPECT_EQ(corpus->songs[1].sample_rate, 8000u);
  EXPECT_FALSE(corpus->songs[1].rating.has_value());
}

TEST(Corpus, Library) {
  const auto corpus = parse_corpus(R"([{"author":"x","songs":[
      {"hash":"1","code":"t*2","sampleRate":44100,"rating":1},
      {"hash":"2","fileOrig":1,"codeMin":"t*5","remix":[{"hash":"1"}]},
      {"hash":"3","fileOrig":1},{"hash":"4","mode":"Funcbeat","code":"return t=>t"}]}])", "library");
  ASSERT_TRUE(corpus.ok()) << corpus.error().message;
  ASSERT_EQ(corpus->songs.size(), 2u);
  EXPECT_EQ(corpus->left_out, 2u);
  EXPECT_EQ(corpus->songs[0].sample_rate, 44100u);
  EXPECT_EQ(corpus->songs[1].code, "t*5");
  EXPECT_EQ(corpus->songs[1].group, "1");
}

TEST(Corpus, RefusesWhatIsNone) {
  for (const char* text : {"", "x", "[", "[1]", "[{}]", "{}\n{", "[]", "{\"code\":3}", "\x1f\x8b\x08"}) {
    EXPECT_FALSE(parse_corpus(text, "bad").ok()) << text;
  }
}

TEST(Corpus, NoMutationOfAFileCrashes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; i++) {
    std::string text = kLines;
    for (uint64_t edits = 1 + random() % 4; edits > 0; edits--) text[random() % text.size()] = static_cast<char>(random());
    text.resize(random() % 3 ? text.size() : random() % text.size());
    const auto corpus = parse_corpus(text, "mutated");
    if (corpus.ok()) {
      EXPECT_GE(corpus->songs.size(), 1u);
    } else {
      EXPECT_FALSE(corpus.error().message.empty());
    }
  }
}

TEST(Corpus, RenderAtHoldsBelow8KHz) {
  const auto program = sound::compile("t*5+(t>>7)");
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(render_at(*program, 8000), sound::render(*program));
  const sound::Samples clip = render_at(*program, 1000);
  ASSERT_EQ(clip.size(), sound::kSamples);
  for (uint32_t i : {0u, 1u, 777u, 79999u}) EXPECT_EQ(clip[i], sound::render_one(*program, i / 8));
}

// A square wave of 100 Hz survives with its swing; one of 12 kHz, which 8 kHz cannot hold, becomes its mean instead of an alias.
TEST(Corpus, RenderAtLowPasses) {
  const auto low = sound::compile("(t/240&1)*200"), high = sound::compile("(t>>1&1)*200");
  ASSERT_TRUE(low.ok() && high.ok());
  const sound::Samples slow = render_at(*low, 48000), fast = render_at(*high, 48000);
  for (size_t i = 1000; i < 2000; i++) {
    EXPECT_NEAR(fast[i], 100, 3);
    if (i % 40 != 20) continue;  // the middle of a half wave
    EXPECT_NEAR(slow[i], i % 80 == 20 ? 0 : 200, 12);
  }
}

}  // namespace
}  // namespace sotto::judge
