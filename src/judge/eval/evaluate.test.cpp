// SPDX-License-Identifier: Apache-2.0
#include "judge/eval/evaluate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "judge/eval/metrics.h"
#include "judge/eval/negatives.h"
#include "judge/net/random_network.h"

namespace sotto::judge {
namespace {

const auto kNever = [] { return false; };

Corpus corpus() {
  Corpus out;
  const char* sources[] = {"t*(42&t>>10)", "t*(t>>5|t>>8)", "(t*5&t>>7)|(t*3&t>>10)", "t*3*x(", "128"};
  for (size_t i = 0; i < std::size(sources); i++) {
    CorpusSong song;
    song.id = std::to_string(i), song.code = sources[i], song.rating = static_cast<int>(i % 3);
    song.sample_rate = i == 1 ? 11025 : 8000;
    out.songs.push_back(song);
  }
  return out;
}

TEST(Negatives, EditsAreFew) {
  std::mt19937_64 random(1);
  const std::string code = "t*3+(t>>7&\"a+1\".length)// 5";
  std::set<std::string> seen;
  for (int i = 0; i < 200; i++) {
    const std::string other = mutated(code, 1, random);
    EXPECT_NE(other.find("\"a+1\".length)// 5"), std::string::npos) << other;
    seen.insert(other);
  }
  EXPECT_GT(seen.size(), 20u);
  for (const char* odd : {"", "\"", "'\\", "/*", "//", "/", "(((", "\xff\xfe", "9"}) mutated(odd, 6, random);
}

TEST(Negatives, ShuffledKeepsEverySample) {
  std::mt19937_64 random(2);
  sound::Samples samples(80000);
  for (size_t i = 0; i < samples.size(); i++) samples[i] = static_cast<uint8_t>(i / 1000 + i % 7);
  sound::Samples other = shuffled(samples, random);
  EXPECT_NE(other, samples);
  std::sort(samples.begin(), samples.end());
  std::sort(other.begin(), other.end());
  EXPECT_EQ(other, samples);
}

TEST(Negatives, RandomFormulasMostlyCompile) {
  std::mt19937_64 random(3);
  int compiled = 0;
  for (int i = 0; i < 200; i++) compiled += sound::compile(random_formula(random)).ok();
  EXPECT_GT(compiled, 150);
}

TEST(Evaluate, ClipsAreDeterministicAndLabelled) {
  const Corpus c = corpus();
  const std::vector<HeardClip> clips = clips_of(c, 1, 7), again = clips_of(c, 1, 7), other = clips_of(c, 1, 8);
  ASSERT_GE(clips.size(), 8u);
  ASSERT_EQ(clips.size(), again.size());
  for (size_t i = 0; i < clips.size(); i++) EXPECT_EQ(clips[i].samples, again[i].samples);
  EXPECT_EQ(clips[0].kind, ClipKind::kHuman);
  EXPECT_EQ(clips[0].samples, other[0].samples);
  EXPECT_NE(clips[1].samples, other[1].samples);
  for (size_t i = 1; i < clips.size(); i++) EXPECT_NE(clips[i].samples, clips[0].samples);
  EXPECT_TRUE(clips_of(c, 3, 7).empty());  // does not compile
  EXPECT_TRUE(clips_of(c, 4, 7).empty());  // silent
}

TEST(Evaluate, FiguresFollowFromTheHeads) {
  const Network net = random_network({16, 8, 80000, 8, 4, 3, {3, 3}}, 1);
  const Scorer scorer(net);
  const Corpus c = corpus();
  const JudgedCorpus judged = judge_corpus(c, scorer, 3, kNever);
  EXPECT_EQ(judged.songs, 5u);
  EXPECT_EQ(judged.heard, 3u);
  for (const JudgedClip& clip : judged.clips) EXPECT_EQ(clip.score, net.score_table[clip.head]);
  const Evaluation e = evaluate(judged, c);
  EXPECT_EQ(e.clips[0], 3u);
  EXPECT_EQ(e.rated, 3u);
  ASSERT_TRUE(e.auc_random && e.auc_mutants && e.auc_shuffled && e.spearman_rating);
  EXPECT_EQ(*e.auc_random, auc(judged.heads(ClipKind::kHuman), judged.heads(ClipKind::kRandom)));
  const JudgedCorpus stopped = judge_corpus(c, scorer, 3, [] { return true; });
  EXPECT_FALSE(evaluate(stopped, c).auc_random.has_value());
}

TEST(Evaluate, PearsonOfCard) {
  EXPECT_EQ(pearson_of_card("x\nPearson 0.9997."), 0.9997);
  EXPECT_FALSE(pearson_of_card("Pearson unknown").has_value());
  EXPECT_FALSE(pearson_of_card("").has_value());
}

}  // namespace
}  // namespace sotto::judge
