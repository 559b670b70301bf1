// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/pool.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/bytes.h"
#include "sound/audio/wav.h"

namespace sotto::judge::teacher {
namespace {

void write_text(const std::string& path, const std::string& text) {
  ASSERT_TRUE(write_file_atomically(path, ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size())).ok());
}

TEST(Pool, HoldsSongsNegativesProgramsAndRecordings) {
  const std::string folder = testing::TempDir() + "/pool_test";
  std::filesystem::create_directories(folder + "/wav");
  std::string corpus;
  for (int i = 0; i < 12; i++)
    corpus += "{\"code\":\"t*(t>>" + std::to_string(6 + i % 5) + "&" + std::to_string(9 + i) + ")\",\"author\":\"a" +
              std::to_string(i) + "\"}\n";
  write_text(folder + "/corpus.jsonl", corpus);
  write_text(folder + "/more.jsonl", "{\"code\":\"t&t>>8\"}\n{\"code\":\"0\"}\n{\"code\":\"no formula (\"}\n");
  sound::Samples song(2 * sound::kSamples + 5);
  for (size_t t = 0; t < song.size(); t++) song[t] = static_cast<uint8_t>(t & t >> 7);
  ASSERT_TRUE(sound::write_wav(folder + "/wav/x.wav", song).ok());

  const PoolOptions options{folder + "/corpus.jsonl", {folder + "/more.jsonl", folder + "/wav"}, 0, 1};
  const auto pool = make_pool(options);
  ASSERT_TRUE(pool.ok()) << pool.error().message;
  std::map<std::string, size_t> kinds, held;
  for (const PoolClip& clip : *pool) {
    kinds[clip.kind]++;
    held[clip.kind] += clip.held_out;
    EXPECT_EQ(clip.samples.size(), sound::kSamples);
  }
  EXPECT_EQ(kinds["human"], 12u);
  EXPECT_GE(kinds["mutant1"], 12u);
  EXPECT_GE(kinds["random"], 12u);
  EXPECT_EQ(kinds["extra"], 3u);  // one program, two pieces of the recording
  EXPECT_GT(held["human"], 0u);
  EXPECT_LT(held["human"], 12u);
  EXPECT_EQ(pool->back().samples[1000], song[sound::kSamples + 1000]);  // 8-bit samples come back as they were

  PoolOptions few = options;
  few.songs = 3, few.extra.clear();
  size_t humans = 0;
  const auto chosen = make_pool(few);
  ASSERT_TRUE(chosen.ok());
  for (const PoolClip& clip : *chosen) humans += clip.kind == "human";
  EXPECT_EQ(humans, 3u);
  few.extra = {folder + "/none"};
  EXPECT_FALSE(make_pool(few).ok());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sotto::judge::teacher
