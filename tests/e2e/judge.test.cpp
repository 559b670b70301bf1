// SPDX-License-Identifier: Apache-2.0
// sotto judge eval, compare, attack and import as a user meets them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "e2e/process.h"
#include "judge/import/test_model.h"
#include "judge/net/network.h"

namespace sotto::e2e {
namespace {

using Json = nlohmann::ordered_json;
using judge::test::Model;

class JudgeVerbs : public testing::Test {
 protected:
  void SetUp() override {
    std::string lines;
    int stars = 0;
    for (const char* code : {"t*(42&t>>10)", "t*(t>>5|t>>8)", "(t*5&t>>7)|(t*3&t>>10)", "t*(t>>9&7)&t>>4", "t>>6&t*3"})
      lines += Json({{"code", code}, {"rating", stars++ % 3}}).dump() + "\n";
    write_text(corpus_, lines + "{\"mode\": \"Floatbeat\", \"code\": \"sin(t)\"}\n");
  }
  Json json(std::vector<std::string> words) const {
    words.push_back("--json");
    const Outcome done = run(words);
    EXPECT_EQ(done.code, 0) << done.err;
    return done.code == 0 ? Json::parse(done.out) : Json();
  }
  TemporaryFolder folder_;
  const std::string corpus_ = folder_ / "corpus.jsonl", model_ = folder_ / "model.onnx", judge_ = folder_ / "x.judge";
};

TEST_F(JudgeVerbs, EvalAndCompare) {
  const std::string picture = folder_ / "scores.svg";
  const Json e = json({"judge", "eval", "--corpus", corpus_, "--picture", picture});
  for (const char* key : {"auc_random", "auc_mutants", "auc_shuffled"}) {
    EXPECT_GE(e.at(key), 0) << key;
    EXPECT_LE(e.at(key), 1) << key;
  }
  EXPECT_GE(e.at("spearman_rating"), -1);
  EXPECT_GT(e.at("songs_per_second"), 0);
  EXPECT_TRUE(e.contains("int_float_pearson"));
  EXPECT_EQ(e.at("songs"), Json({{"in_corpus", 6}, {"left_out", 1}, {"heard", 5}, {"rated", 5}}));
  EXPECT_NE(read_text(picture).find("<svg"), std::string::npos);
  EXPECT_EQ(json({"judge", "eval", "--corpus", corpus_}).at("auc_mutants"), e.at("auc_mutants"));
  write_text(folder_ / "short.json", "[]");
  EXPECT_EQ(run({"judge", "eval", "--corpus", folder_ / "short.json"}).code, 3);
  EXPECT_EQ(run({"judge", "eval"}).code, 2);
  EXPECT_EQ(run({"judge", "eval", "--corpus", corpus_, "--picture", folder_ / "scores.gif"}).code, 2);
}

TEST_F(JudgeVerbs, Attack) {
  const std::string songs = folder_ / "songs.jsonl", picture = folder_ / "attack.png";
  const std::vector<std::string> words = {"judge", "attack", "--evaluations", "40", "--seed", "3", "--corpus", corpus_, "--songs", songs,
                                          "--picture", picture};
  const Json a = json(words), again = json(words);
  EXPECT_EQ(a, again);
  EXPECT_EQ(a.at("evaluations"), 40);
  EXPECT_EQ(a.at("curve").size(), 2u);  // 10 and 40
  EXPECT_EQ(a.at("curve").back().at("best"), a.at("best_score"));
  EXPECT_GE(a.at("human_percentile"), 0);
  EXPECT_LE(a.at("human_percentile"), 100);
  EXPECT_TRUE(std::filesystem::exists(picture));
  const std::string text = read_text(songs);
  const Json best = Json::parse(text.substr(0, text.find('\n')));
  EXPECT_EQ(best.at("score"), a.at("best_score"));
  EXPECT_EQ(json({"score", "--expr", best.at("code")}).at("score"), a.at("best_score"));
  EXPECT_EQ(best.at("seed"), 3);
  EXPECT_EQ(best.at("evaluations"), 40);
  const Json longer = json({"judge", "attack", "--evaluations", "1002", "--songs", songs, "--curve-songs"});
  const std::string on_the_way = read_text(songs + ".1000");
  const Json first = Json::parse(on_the_way.substr(0, on_the_way.find('\n')));
  EXPECT_EQ(first.at("evaluations"), 1000);
  EXPECT_EQ(first.at("score"), longer.at("curve")[2].at("best"));
  EXPECT_FALSE(std::filesystem::exists(songs + ".1002"));  // that is the file itself
  EXPECT_TRUE(json({"judge", "attack", "--evaluations", "5"}).at("human_percentile").is_null());
  EXPECT_EQ(run({"judge", "attack", "--picture", picture}).code, 2);  // needs a corpus
}

// A judge whose cap every search reaches at once: only the one that hears the output behind it goes on.
TEST_F(JudgeVerbs, AttackBeyondTheCap) {
  const std::string shipped = SOTTO_SOURCE_DIR "/judges/ear-20k.judge", songs = folder_ / "songs.jsonl";
  judge::Network low = judge::read_judge(shipped).value();
  for (uint32_t& score : low.score_table) score = std::min(score, low.score_unit / 2);
  ASSERT_TRUE(write_file_atomically(judge_, judge::encode_judge(low)).ok());
  const auto best = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"judge", "attack", judge_, "--evaluations", "400", "--songs", songs};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(json(words).at("best_score"), 0.5);  // scores are scores still
    const std::string text = read_text(songs);
    const Json song = Json::parse(text.substr(0, text.find('\n')));
    EXPECT_EQ(song.at("score"), 0.5);
    return json({"score", "--judge", shipped, "--expr", song.at("code")}).at("score").get<double>();
  };
  EXPECT_GT(best({"--uncapped"}), best({}) + 1);
}

TEST_F(JudgeVerbs, Import) {
  std::mt19937_64 random(1);
  Model model({1, 48, 311});
  model.constant("centre", {}, {900});
  model.random_constant("w", {4, 48, 4}, 0.005f, random);
  model.random_constant("head", {4, 1}, 1, random);
  model.node("Sub", {"x", "centre"}, "a").node("Conv", {"a", "w"}, "b", {{"strides", {2}}}).node("Relu", {"b"}, "c");
  model.node("GlobalAveragePool", {"c"}, "d").node("Flatten", {"d"}, "e").node("MatMul", {"e", "head"}, "y");
  ASSERT_TRUE(write_file_atomically(model_, model.file()).ok());
  const Json report = json({"judge", "import", model_, "--corpus", corpus_, "-o", judge_, "--range=-5,5"});
  EXPECT_EQ(report.at("layers").size(), 2u);
  EXPECT_GT(report.at("int_float_pearson"), 0.999);
  EXPECT_EQ(json({"judge", "info", judge_}).at("digest"), report.at("digest"));
  const Json same = json({"judge", "compare", judge_, judge_, "--corpus", corpus_});
  EXPECT_NEAR(same.at("all").at("spearman").get<double>(), 1, 1e-9);

  Model other({1, 48, 311});
  other.node("Softmax", {"x"}, "y");
  ASSERT_TRUE(write_file_atomically(model_, other.file()).ok());
  const Outcome refused = run({"judge", "import", model_, "--corpus", corpus_, "-o", judge_});
  EXPECT_EQ(refused.code, 3);
  EXPECT_NE(refused.err.find("Softmax \"n_y\""), std::string::npos);
}

}  // namespace
}  // namespace sotto::e2e
