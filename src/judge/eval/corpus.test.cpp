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

TEST(Corpus, RenderAtTakesTheNearestEarlierValue) {
  const auto program = sound::compile("t*5+(t>>7)");
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(render_at(*program, 8000), sound::render(*program));
  for (unsigned rate : {1000u, 11025u, 48000u}) {
    const sound::Samples clip = render_at(*program, rate);
    ASSERT_EQ(clip.size(), sound::kSamples);
    for (uint64_t i : {uint64_t{0}, uint64_t{1}, uint64_t{777}, uint64_t{79999}})
      EXPECT_EQ(clip[i], sound::render_one(*program, static_cast<uint32_t>(i * rate / 8000))) << rate << " " << i;
  }
}

}  // namespace
}  // namespace sotto::judge
