// SPDX-License-Identifier: Apache-2.0
#include "sound/audio/recording.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <cstdio>
#include <limits>

#include "sound/audio/wav.h"

namespace sotto::sound {
namespace {

std::string temporary(const char* name) { return testing::TempDir() + "/recording_test_" + name; }

void write_floats(const std::string& path, int channels, int rate, const std::vector<float>& samples) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size())),
            static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

TEST(Recording, EightBitSamplesAreCentredAt128) {
  const std::string path = temporary("u8.wav");
  ASSERT_TRUE(write_wav(path, {0, 64, 128, 255}).ok());
  const auto r = read_recording(path);
  ASSERT_TRUE(r.ok()) << r.error().message;
  EXPECT_EQ(r->rate, 8000u);
  EXPECT_EQ(r->samples, (std::vector<float>{-1, -0.5, 0, 127.0f / 128}));
  std::remove(path.c_str());
}

TEST(Recording, ChannelsAreAveragedAndSectionsCut) {
  const std::string path = temporary("stereo.wav");
  std::vector<float> frames;
  for (int i = 0; i < 250; i++) {
    frames.push_back(static_cast<float>(i) / 256);
    frames.push_back(0.25f);
  }
  write_floats(path, 2, 100, frames);
  const auto at = [](size_t i) { return (static_cast<float>(i) / 256 + 0.25f) / 2; };
  const auto all = read_recording(path);
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->samples.size(), 250u);
  EXPECT_EQ(all->samples[17], at(17));
  const auto second = read_recording(path, Section{1, 2});
  ASSERT_EQ(second->samples.size(), 100u);
  EXPECT_EQ(second->samples[0], at(100));
  EXPECT_EQ(read_recording(path, Section{2, 9})->samples.size(), 50u);
  EXPECT_FALSE(read_recording(path, Section{3, 9}).ok());
  EXPECT_FALSE(read_recording(path, Section{2, 2}).ok());
  EXPECT_FALSE(read_recording(path, Section{~uint64_t{0} - 1, ~uint64_t{0}}).ok());
  std::remove(path.c_str());
}

TEST(Recording, RefusesWhatIsNoRecording) {
  const std::string path = temporary("bad.wav");
  EXPECT_FALSE(read_recording(temporary("none.wav")).ok());
  ASSERT_TRUE(write_file_atomically(path, Bytes{'R', 'I', 'F', 'F', 0, 1, 2}).ok());
  EXPECT_EQ(read_recording(path).error().kind, ErrorKind::kInput);
  write_floats(path, 1, 100, {0, std::numeric_limits<float>::infinity()});
  EXPECT_NE(read_recording(path).error().message.find("not numbers"), std::string::npos);
  write_floats(path, 1, 1, std::vector<float>(3601));
  EXPECT_NE(read_recording(path).error().message.find("longer than an hour"), std::string::npos);
  EXPECT_TRUE(read_recording(path, Section{1, 3601}).ok());
  std::remove(path.c_str());
}

}  // namespace
}  // namespace sotto::sound
