// SPDX-License-Identifier: Apache-2.0
#include "sound/audio/wav.h"

#include <gtest/gtest.h>
#include <sndfile.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace sotto::sound {
namespace {

struct Directory {
  Directory() {
    std::string name = std::filesystem::temp_directory_path() / "sotto-wav-XXXXXX";
    path = mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

Samples ramp(size_t n) {
  Samples s(n);
  for (size_t i = 0; i < n; i++) s[i] = static_cast<uint8_t>(i * 7);
  return s;
}

TEST(Wav, ReadsBackSampleBySample) {
  const Directory directory;
  const std::string path = directory.path / "song.wav";
  const Samples samples = ramp(kSamples);
  ASSERT_TRUE(write_wav(path, samples).ok());
  SF_INFO info{};
  SNDFILE* in = sf_open(path.c_str(), SFM_READ, &info);
  ASSERT_NE(in, nullptr);
  EXPECT_EQ(info.frames, kSamples);
  EXPECT_EQ(info.samplerate, 8000);
  EXPECT_EQ(info.channels, 1);
  EXPECT_EQ(info.format & SF_FORMAT_SUBMASK, SF_FORMAT_PCM_U8);
  Samples back(samples.size() + 1);
  EXPECT_EQ(sf_read_raw(in, back.data(), static_cast<sf_count_t>(back.size())), kSamples);
  sf_close(in);
  back.resize(samples.size());
  EXPECT_EQ(back, samples);
}

TEST(Wav, HeaderIsTheUsualOne) {
  const Bytes bytes = wav_bytes({1, 2, 3}).value();
  const std::string text(bytes.begin(), bytes.end());
  EXPECT_EQ(text.substr(0, 4), "RIFF");
  EXPECT_EQ(text.substr(8, 8), "WAVEfmt ");
  const size_t data = text.find("data");
  ASSERT_NE(data, std::string::npos);
  EXPECT_EQ(bytes[data + 4], 3);
  EXPECT_EQ(bytes[data + 8], 1);
}

TEST(Wav, EmptySongAndOddLengths) {
  EXPECT_TRUE(wav_bytes({}).ok());
  EXPECT_TRUE(wav_bytes(ramp(1)).ok());
}

TEST(Wav, FailureIsPlainAndLeavesNothing) {
  const Directory directory;
  const Status status = write_wav(directory.path / "missing" / "song.wav", ramp(10));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kEnvironment);
  EXPECT_NE(status.error().message.find("song.wav"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path));
}

TEST(Wav, AFullDiskKeepsTheOldFile) {
  const Directory directory;
  const std::string path = directory.path / "song.wav";
  ASSERT_TRUE(write_wav(path, ramp(100)).ok());
  // A limit on file size fails in the middle of writing, as a full disk does.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = write_wav(path, ramp(kSamples));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kEnvironment);
  EXPECT_EQ(std::filesystem::file_size(path), wav_bytes(ramp(100)).value().size());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory.path), {}), 1);
}

TEST(Wav, SixteenBitsAndHeldSamples) {
  const Samples samples = {0, 128, 255};
  const Bytes bytes = wav_bytes(samples, {11025, 16, 2}).value();
  ASSERT_GE(bytes.size(), 44u + 12);
  const auto word = [&](size_t at) { return bytes[at] | bytes[at + 1] << 8; };
  EXPECT_EQ(word(24) | bytes[26] << 16, 22050);
  EXPECT_EQ(word(34), 16);
  const int expected[] = {0x8000, 0x8000, 0, 0, 0x7f00, 0x7f00};
  for (size_t i = 0; i < 6; i++) EXPECT_EQ(word(44 + 2 * i), expected[i]) << i;
}

}  // namespace
}  // namespace sotto::sound
