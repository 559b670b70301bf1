// SPDX-License-Identifier: Apache-2.0
// sotto judge audiobox as a user meets it, with a cut-down model.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "e2e/process.h"
#include "judge/teacher/random_teacher.h"

namespace sotto::e2e {
namespace {

using Json = nlohmann::ordered_json;
namespace teacher = judge::teacher;

class Audiobox : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file_atomically(model_, teacher::random_teacher_file(teacher::small_geometry(), 7)).ok());
    ASSERT_EQ(run({"render", "--expr", "t*(t>>9&7)", "-o", wav_}).code, 0);
  }
  Outcome audiobox(const std::string& input, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"judge", "audiobox", "-", "--ckpt", model_};
    words.insert(words.end(), more.begin(), more.end());
    return run(words, {}, input);
  }
  std::string line(const std::string& more = "") const { return "{\"path\": " + Json(wav_).dump() + more + "}\n"; }
  TemporaryFolder folder_;
  const std::string model_ = folder_ / "model.safetensors", wav_ = folder_ / "a.wav";
};

TEST_F(Audiobox, ScoresEveryLine) {
  const Outcome all = audiobox(line() + "\n" + line(", \"start_time\": 2, \"end_time\": 4") + line());
  ASSERT_EQ(all.code, 0) << all.err;
  std::istringstream lines(all.out);
  std::vector<std::string> scores;
  for (std::string text; std::getline(lines, text);) scores.push_back(text);
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_EQ(scores[0], scores[2]);
  EXPECT_NE(scores[0], scores[1]);
  const Json first = Json::parse(scores[0]);
  std::vector<std::string> keys;
  for (const auto& [key, value] : first.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"CE", "CU", "PC", "PQ"}));
  const Json one = Json::parse(audiobox(line(), {"--axes", "PC", "--threads", "1"}).out);
  EXPECT_EQ(one, Json({{"PC", first["PC"]}}));
}

TEST_F(Audiobox, RefusesWithTheReason) {
  EXPECT_EQ(run({"judge", "audiobox"}).code, 2);
  EXPECT_EQ(run({"judge", "audiobox", "--ckpt", model_}).code, 2);
  EXPECT_EQ(audiobox(line(), {"--axes", "XX"}).code, 2);
  const Outcome misprint = audiobox(line() + "{\"pth\": 1}\n");
  EXPECT_EQ(misprint.code, 3);
  EXPECT_TRUE(misprint.out.empty());  // nothing was judged
  EXPECT_NE(misprint.err.find("line 2"), std::string::npos);
  EXPECT_EQ(audiobox("{\"path\": \"no-such.wav\"}\n").code, 3);
  write_text(folder_ / "bad", "not a model");
  const Outcome bad = run({"judge", "audiobox", "--check", "--ckpt", folder_ / "bad"});
  EXPECT_EQ(bad.code, 3);
  EXPECT_NE(bad.err.find("not a sound safetensors file"), std::string::npos);
}

TEST_F(Audiobox, ChecksWeights) {
  const Outcome check = run({"judge", "audiobox", "--check", "--json", "--ckpt", model_});
  ASSERT_EQ(check.code, 0) << check.err;
  const Json json = Json::parse(check.out);
  EXPECT_EQ(json["tensors"], 102);
  EXPECT_EQ(json["audiobox_shape"], false);
}

}  // namespace
}  // namespace sotto::e2e
