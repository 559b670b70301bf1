// SPDX-License-Identifier: Apache-2.0
// `sotto-train measure --gold`: where songs stand among the clips of people, by several judges.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/temporary_folder.h"
#include "judge/net/random_network.h"
#include "judge/net/scorer.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

namespace sotto::judge::train {
namespace {

constexpr int kHumanClips = 20;
constexpr const char* kCodes[] = {"t*(42&t>>10)", "t*5&t>>7", "t>>4&t>>7"};

std::vector<uint8_t> samples_of(const std::string& code) { return sound::render(*sound::compile(code)); }
std::vector<uint8_t> clip_samples(int i) {
  return samples_of("t*(t>>" + std::to_string(4 + i % 9) + "&" + std::to_string(3 + 5 * i) + ")");
}

class Measure : public testing::Test {
 protected:
  Measure() {
    std::ofstream clips(at("clips.bin"), std::ios::binary);
    for (int i = 0; i < kHumanClips; i++) write_clip(clips, "human", 0, clip_samples(i));
    write_clip(clips, "human", 1, samples_of("t"));  // trained on
    write_clip(clips, "random", 0, samples_of("t*t"));
    std::ofstream songs(at("found.songs")), old(at("old.songs"));
    for (const char* code : kCodes) {
      songs << R"({"code":")" << code << R"(","mode":"Bytebeat","sample_rate":8000,"seed":4,"evaluations":10000})"
            << '\n';
      old << R"({"code":")" << code << R"("})" << '\n';
    }
    for (uint64_t seed : {1, 2})
      EXPECT_TRUE(write_file_atomically(at("judge" + std::to_string(seed) + ".judge"), encode_judge(net(seed))).ok());
  }
  static Network net(uint64_t seed) { return random_network({16, 8, 80000, 8, 4, 3, {3, 3}}, seed); }
  static void write_clip(std::ostream& out, const std::string& kind, int fold, const std::vector<uint8_t>& samples) {
    out << kind << "\ttest\t0\t8000\t0\t0\t0\t-1\tbase\t" << fold << "\t1.000\n";
    out.write(reinterpret_cast<const char*>(samples.data()), static_cast<std::streamsize>(samples.size()));
  }
  std::string at(const std::string& name) const { return folder_.path() + "/" + name; }
  // Exit code, and what it printed.
  std::pair<int, std::string> measure(const std::string& more) const {
    const std::string command = std::string(SOTTO_TRAINER) + " measure --clips " + at("clips.bin") + " --judge " +
                                at("judge1.judge") + " " + more + " 2>/dev/null";
    FILE* pipe = popen(command.c_str(), "r");
    std::string out;
    char buffer[4096];
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) out.append(buffer, n);
    const int status = pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out};
  }
  static double percentile_of(const Network& judge, const std::string& code) {
    const Scorer scorer(judge);
    int below = 0;
    for (int i = 0; i < kHumanClips; i++) below += scorer.head(clip_samples(i)) < scorer.head(samples_of(code));
    return 100.0 * below / kHumanClips;
  }
  const TemporaryFolder folder_{"measure_test"};
};

TEST_F(Measure, PercentilesAreSharesOfTheHeldOutClipsOfPeople) {
  const auto [code, out] = measure("--songs " + at("found.songs") + " --gold " + at("judge2.judge") + " --json");
  ASSERT_EQ(code, 0);
  const auto json = nlohmann::json::parse(out);
  EXPECT_EQ(json["attacked"], "judge1");
  EXPECT_EQ(json["human_clips"], kHumanClips);
  const auto& song = json["songs"][0];
  EXPECT_EQ(song["evaluations"], 10000);
  EXPECT_EQ(song["seed"], 4);
  EXPECT_EQ(song["best"], kCodes[0]);
  EXPECT_EQ(song["ten_best"], 3);
  for (uint64_t seed : {1, 2}) {
    const auto& by = song["by"][seed - 1];
    double mean = 0;
    for (const char* formula : kCodes) mean += percentile_of(net(seed), formula) / 3;
    EXPECT_EQ(by["judge"], "judge" + std::to_string(seed));
    EXPECT_NEAR(by["percentile"].get<double>(), percentile_of(net(seed), kCodes[0]), 1e-9);
    EXPECT_NEAR(by["ten_best_percentile"].get<double>(), mean, 1e-9);
    EXPECT_NEAR(by["score"].get<double>(), score(net(seed), samples_of(kCodes[0])) / double{net(seed).score_unit},
                1e-9);
  }
}

TEST_F(Measure, PrintsTheRowsOfACard) {
  const auto [code, out] =
      measure("--songs " + at("found.songs") + " --songs " + at("old.songs") + " --gold " + at("judge2.judge"));
  ASSERT_EQ(code, 0);
  EXPECT_TRUE(
      out.starts_with("| songs | seed | best score | its percentile, by judge1 | by judge2 | the ten best, by judge2 "
                      "|\n|---|---|---|---|---|---|\n| 10,000 | 4 | "))
      << out;
  EXPECT_NE(out.find("\n| " + at("old.songs") + " | - | "), std::string::npos) << out;
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 4);
}

TEST_F(Measure, RefusesWhatItCannotUse) {
  EXPECT_EQ(measure("--gold " + at("judge2.judge")).first, 2);
  EXPECT_EQ(measure("--songs " + at("found.songs") + " --gold " + at("nothing.judge")).first, 3);
  std::ofstream(at("empty.songs")) << '\n';
  EXPECT_EQ(measure("--songs " + at("empty.songs") + " --json").first, 3);
  std::ofstream clips(at("clips.bin"), std::ios::binary);
  write_clip(clips, "random", 0, samples_of("t*t"));
  clips.close();
  EXPECT_EQ(measure("--songs " + at("found.songs") + " --json").first, 3);
}

}  // namespace
}  // namespace sotto::judge::train
