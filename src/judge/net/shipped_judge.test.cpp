// SPDX-License-Identifier: Apache-2.0
// Shipped judges load, are exact on real songs and extremes, and prefer people's songs to random programs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <random>
#include <set>

#include "judge/net/network.h"
#include "judge/net/scorer.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/random_program.h"
#include "sound/bytebeat/render.h"

namespace sotto::judge {
namespace {

using Samples = std::vector<uint8_t>;

class ShippedJudge : public testing::TestWithParam<const char*> {
 protected:
  const Network& ear() const { return *net_; }

 private:
  const Result<Network> net_ = read_judge(std::string(SOTTO_SOURCE_DIR "/judges/") + GetParam() + ".judge");
};

std::vector<Samples> shipped_songs() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(SOTTO_SOURCE_DIR "/songs"))
    if (entry.path().extension() == ".song") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Samples> songs;
  for (const auto& path : paths) {
    const auto song = sound::read_song(path.string());
    EXPECT_TRUE(song.ok()) << path;
    if (song.ok()) songs.push_back(sound::render(song->program));
  }
  return songs;
}

TEST_P(ShippedJudge, HasTheShapeThatTheProofExpects) {
  const Network& net = ear();
  EXPECT_EQ(net.range_bits, 16u);
  EXPECT_EQ(net.sample_bits, 8u);
  EXPECT_EQ(net.samples, sound::kSamples);
  EXPECT_EQ(net.frames, 311u);
  EXPECT_EQ(max_score(net), 10 * net.score_unit);
  EXPECT_EQ(net.score_unit, 1000u);
  // So fine that songs can be ranked.
  EXPECT_GE(std::set<uint32_t>(net.score_table.begin(), net.score_table.end()).size(), 1000u);
  EXPECT_TRUE(std::is_sorted(net.score_table.begin(), net.score_table.end()));
  std::printf("digest %s\n", to_hex(judge_digest(net)).c_str());
}

TEST_P(ShippedJudge, IsExactOnSongsAndExtremes) {
  const Network& net = ear();
  std::vector<Samples> songs = shipped_songs();
  songs.resize(std::min<size_t>(songs.size(), 3));
  songs.emplace_back(net.samples, 0);
  songs.emplace_back(net.samples, 128);
  songs.emplace_back(net.samples, 255);
  Samples square(net.samples), noise(net.samples);
  std::mt19937_64 random(1);
  for (size_t t = 0; t < square.size(); t++) {
    square[t] = t / 16 % 2 ? 255 : 0;
    noise[t] = static_cast<uint8_t>(random());
  }
  songs.push_back(square);
  songs.push_back(noise);
  for (const Samples& x : songs) {
    const Trace slow = trace(net, x);  // checks every range on the way
    for (CpuPath path : available_cpu_paths()) {
      ASSERT_EQ(Scorer(net, path).head(x), slow.head_pre);
      ASSERT_EQ(Scorer(net, path).score(x), slow.score);
    }
  }
}

TEST_P(ShippedJudge, PrefersHumanSongs) {
  const Scorer scorer(ear());
  std::vector<Samples> songs = shipped_songs();
  ASSERT_GE(songs.size(), 5u);
  double human = 0, random_mean = 0;
  for (const Samples& x : songs) human += scorer.score(x) / static_cast<double>(songs.size());
  std::mt19937_64 random(7);
  const size_t count = 200;
  for (size_t i = 0; i < count; i++) {
    const sound::Program program = sound::random_program(random, 3 + static_cast<unsigned>(random() % 18));
    random_mean += scorer.score(sound::render(program)) / static_cast<double>(count);
  }
  const double unit = ear().score_unit;
  std::printf("mean score of %zu classics %.3f, of %zu random programs %.3f\n", songs.size(), human / unit, count, random_mean / unit);
  EXPECT_GT(human, random_mean + unit);
}

TEST_P(ShippedJudge, SilenceAndNoiseScoreLow) {
  const Scorer scorer(ear());
  EXPECT_LT(scorer.score(Samples(sound::kSamples, 128)), 4 * ear().score_unit);
  Samples noise(sound::kSamples);
  std::mt19937_64 random(3);
  for (uint8_t& x : noise) x = static_cast<uint8_t>(random());
  EXPECT_LT(scorer.score(noise), 4 * ear().score_unit);
}

INSTANTIATE_TEST_SUITE_P(All, ShippedJudge, testing::Values("ear-20k", "ear-form", "ear-song", "ear-quartet"), [](const auto& judge) {
  std::string name = judge.param;
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace sotto::judge
