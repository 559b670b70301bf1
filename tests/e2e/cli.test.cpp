// SPDX-License-Identifier: Apache-2.0
// The command line as a user meets it: exit codes, bad input, JSON.
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "e2e/process.h"

namespace sotto::e2e {
namespace {

using Json = nlohmann::json;
constexpr const char* kAddress = "0x00000000000000000000000000000000000000b0";

class CommandLine : public testing::Test {
 protected:
  void SetUp() override { judge_ = write_small_judge(folder_); }
  std::vector<std::string> prove(std::vector<std::string> more) const {
    std::vector<std::string> words = {"prove",      "--judge", judge_, "--claimant", kAddress, "--contract", kAddress, "--contest",
                                      "1",          "-o",      folder_ / "x.proof"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  TemporaryFolder folder_;
  std::string judge_;
};

TEST_F(CommandLine, UsageErrorsAreTwo) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {}, {"nonsense"}, {"render"}, {"score", "--judge", judge_}, {"judge"}, {"prove"}, {"demo", "--agents", "0"},
           {"demo", "--slots", "20"}, {"score", "--no-such-flag"}, {"contest", "create"}, {"setup", "dev"}, {"setup", "dev", "--log-size", "99"}})
    EXPECT_EQ(run(words).code, 2) << (words.empty() ? "" : words[0]);
}

TEST_F(CommandLine, BenchGrowthRefusesBeforeItMeasures) {
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"-o"}, {"-o", folder_ / "growth.jpg"}, {"-o", folder_ / "growth"}, {"--no-such-flag"}, {"surplus"}}) {
    std::vector<std::string> words = {"bench", "growth", "--judge", judge_};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome refused = run(words);
    EXPECT_EQ(refused.code, 2) << more.back();
    EXPECT_TRUE(refused.out.empty()) << refused.out;
    EXPECT_EQ(refused.err.find("proof 1 of"), std::string::npos) << refused.err;
  }
  EXPECT_EQ(run({"bench"}).code, 2);
  const Outcome help = run({"bench", "growth", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("--json"), std::string::npos);
}

// The error comes out of the process in which a point is measured, with its kind and its message.
TEST_F(CommandLine, BenchGrowthTellsWhatFailed) {
  const Outcome missing = run({"bench", "growth", "--json", "--judge", folder_ / "missing.judge"});
  EXPECT_EQ(missing.code, 3);
  EXPECT_NE(missing.err.find("missing.judge"), std::string::npos) << missing.err;
  EXPECT_TRUE(missing.out.empty());
}

TEST_F(CommandLine, BenchProveMeasuresANetwork) {
  const Outcome measured = run({"bench", "prove", "--workload", "mlp784", "--no-gas", "--breakdown", "--json"});
  ASSERT_EQ(measured.code, 0) << measured.err;
  const Json json = Json::parse(measured.out);
  for (const char* key : {"prove_seconds", "cpu_seconds", "peak_mib", "proof_bytes", "verify_seconds", "verify_gas", "cpu_path", "stages"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["weights"], 784 * 56 + 56 + 56 * 10 + 10);
  EXPECT_FALSE(json.contains("slots"));
  EXPECT_EQ(run({"bench", "prove", "--workload", "nothing"}).code, 2);
}

TEST_F(CommandLine, HelpAndVersionSucceed) {
  EXPECT_EQ(run({"--help"}).code, 0);
  EXPECT_EQ(run({"version"}).out.substr(0, 6), "sotto ");
  EXPECT_TRUE(Json::parse(run({"version", "--json"}).out).contains("version"));
  for (const char* verb : {"demo", "render", "play", "score", "judge", "prove", "verify", "setup", "contest", "agent", "swarm", "doctor"}) {
    const Outcome help = run({verb, "--help"});
    EXPECT_EQ(help.code, 0) << verb;
    EXPECT_FALSE(help.out.empty()) << verb;
  }
}

TEST_F(CommandLine, BadSongsAreThree) {
  const std::string nested(100'000, '('), huge(3'000'000, 't');
  const std::string songs[] = {"", " \n\n", "t+", "t*foo(", std::string("\x00\xff\x01t", 4), nested, huge, "# name: x\n", "\xc3\x28"};
  for (const std::string& song : songs) {
    write_text(folder_ / "bad.song", song);
    const Outcome score = run({"score", "--judge", judge_, folder_ / "bad.song"});
    EXPECT_EQ(score.code, 3) << song.substr(0, 20);
    EXPECT_NE(score.err.find("sotto: "), std::string::npos);
    EXPECT_LT(score.err.size(), 2000u);
    EXPECT_TRUE(score.out.empty());
    EXPECT_EQ(run({"score", "--judge", judge_, "-"}, {}, song).code, 3) << song.substr(0, 20);
  }
  EXPECT_EQ(run({"render", folder_ / "missing.song", "-o", folder_ / "x.wav"}).code, 3);
}

TEST_F(CommandLine, ScoresFromEverySource) {
  write_text(folder_ / "a.song", "# name: a\nt*(42&t>>10)\n");
  const Outcome file = run({"score", "--judge", judge_, folder_ / "a.song", "--json"});
  ASSERT_EQ(file.code, 0) << file.err;
  const Json json = Json::parse(file.out);
  for (const char* key : {"score", "ticks", "instructions", "slots", "judge"}) EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(run({"score", "--judge", judge_, "-", "--json"}, {}, "t*(42&t>>10)").out, file.out);
  EXPECT_EQ(run({"score", "--judge", judge_, "--expr", "t*(42&t>>10)", "--json"}).out, file.out);
  EXPECT_EQ(run({"score", "--judge", judge_, "--expr", "t", "--at-least", "0"}).code, 0);
  EXPECT_EQ(run({"score", "--judge", judge_, "--expr", "0", "--at-least", "655.35"}).code, 1);
}

TEST_F(CommandLine, DamagedJudgesAreThree) {
  const std::string whole = read_text(judge_);
  const std::string damaged[] = {"", whole.substr(0, 10), whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 1), whole + "x",
                                 std::string(1000, 'x')};
  for (const std::string& bytes : damaged) {
    write_text(folder_ / "bad.judge", bytes);
    EXPECT_EQ(run({"judge", "info", folder_ / "bad.judge"}).code, 3) << bytes.size();
  }
  EXPECT_EQ(run({"judge", "info", folder_ / "missing.judge"}).code, 3);
  const Outcome info = run({"judge", "info", "--json", judge_});
  ASSERT_EQ(info.code, 0);
  EXPECT_EQ(Json::parse(info.out)["samples"], 8000);
}

TEST_F(CommandLine, TheDevelopmentSetupStaysAtHome) {
  EXPECT_EQ(run(prove({"--chain-id", "1", "--expr", "t"})).code, 2);
  // A dead server is an environment error, before any proving.
  EXPECT_EQ(run(prove({"--chain-id", "42161", "--rpc-url", "http://127.0.0.1:1", "--expr", "t"})).code, 4);
  EXPECT_EQ(run({"verify", "--judge", judge_, folder_ / "x.proof"}).code, 3);
}

TEST_F(CommandLine, ProvesAndVerifies) {
  const Outcome proved = run(prove({"--chain-id", "42161", "--expr", "t*(42&t>>10)", "--json"}));
  ASSERT_EQ(proved.code, 0) << proved.err;
  EXPECT_EQ(proved.err.find("42&t"), std::string::npos);  // the song is not in what is printed
  const Json json = Json::parse(proved.out);
  EXPECT_GT(json["prove_peak_mib"].get<uint64_t>(), 0u);
  EXPECT_LE(json["proof_bytes"].get<uint64_t>(), 20'000u);
  const std::string proof = folder_ / "x.proof", claim = folder_ / "x.claim.json";
  EXPECT_EQ(run({"verify", "--judge", judge_, proof}).code, 0);

  ASSERT_EQ(run({"judge", "key", "--judge", judge_, "--slots", "16", "-o", folder_ / "small.vk"}).code, 0);
  const std::vector<std::string> with_key = {"verify", "--vk", folder_ / "small.vk", "--claim", claim, "--json"};
  const auto verify = [&](const std::string& bytes) {
    write_text(folder_ / "y.proof", bytes);
    std::vector<std::string> words = with_key;
    words.push_back(folder_ / "y.proof");
    return run(words).code;
  };
  const std::string good = read_text(proof);
  EXPECT_EQ(verify(good), 0);
  EXPECT_EQ(verify(""), 1);
  EXPECT_EQ(verify(good.substr(0, good.size() - 1)), 1);
  EXPECT_EQ(verify(good + "x"), 1);
  std::string changed = good;
  changed[changed.size() / 2] ^= 1;
  EXPECT_EQ(verify(changed), 1);

  Json other = Json::parse(read_text(claim));
  other["claimant"] = "0x00000000000000000000000000000000000000b1";  // a thief
  write_text(claim, other.dump());
  EXPECT_EQ(verify(good), 1);
  write_text(claim, "{}");
  EXPECT_EQ(verify(good), 3);
  write_text(claim, "not json");
  EXPECT_EQ(verify(good), 3);
}

TEST_F(CommandLine, FullDiskLosesNothing) {
  if (access("/dev/full", W_OK) != 0) GTEST_SKIP() << "SOTTO-SKIPPED: no /dev/full";
  write_text(folder_ / "old.wav", "old");
  EXPECT_EQ(run({"render", "--expr", "t", "-o", folder_ / "no/such/x.wav"}).code, 4);
  EXPECT_EQ(run({"render", "--expr", "t", "-o", folder_ / "old.wav"}).code, 0);
  EXPECT_EQ(read_text(folder_ / "old.wav").substr(0, 4), "RIFF");
}

TEST_F(CommandLine, AMissingChainIsFour) {
  const Outcome demo = run({"demo", "--judge", judge_}, {"SOTTO_ANVIL=" + (folder_ / "no-anvil")});
  EXPECT_EQ(demo.code, 4) << demo.err;
  EXPECT_NE(demo.err.find("sotto: "), std::string::npos);
  EXPECT_TRUE(demo.out.empty());
}

}  // namespace
}  // namespace sotto::e2e
