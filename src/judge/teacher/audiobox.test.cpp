// SPDX-License-Identifier: Apache-2.0
// Resampling against torchaudio, and the lines of JSON.
#include "judge/teacher/audiobox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "judge/teacher/random_teacher.h"
#include "judge/teacher/resample.h"
#include "sound/audio/wav.h"

namespace sotto::judge::teacher {
namespace {

TEST(Audiobox, ResamplesAsTorchaudioDoes) {
  std::ifstream in(SOTTO_SOURCE_DIR "/src/judge/teacher/testdata/golden.json");
  const nlohmann::json golden = nlohmann::json::parse(in);
  for (const auto& wanted : golden["resampled"]) {
    const unsigned rate = wanted["rate"];
    std::vector<float> x(rate / 2 + 3);
    for (size_t i = 0; i < x.size(); i++)
      x[i] = static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * 997 * static_cast<double>(i) / rate) +
                                0.1 * random_value("resample", 0, i));
    const std::vector<float> y = resample(x, rate, kSampleRate);
    ASSERT_EQ(y.size(), wanted["size"]) << rate;
    for (const auto& value : wanted["values"])
      EXPECT_NEAR(y[value[0].get<size_t>()], value[1].get<double>(), 1e-5) << rate;
  }
}

TEST(Audiobox, EightKilohertzBecomeOneWindow) {
  EXPECT_EQ(resample(std::vector<float>(80000), 8000, 16000).size(), kWindow);
  EXPECT_EQ(resample(std::vector<float>(1), 44100, 16000).size(), 1u);
  EXPECT_EQ(resample(std::vector<float>(7), 16001, 16000).size(), 7u);
}

TEST(Audiobox, ReadsRequests) {
  EXPECT_EQ(parse_request(R"({"path": "a b.wav"})")->path, "a b.wav");
  const auto part = parse_request(R"({"path":"x","start_time":1,"end_time":6,"note":[]})");
  ASSERT_TRUE(part.ok());
  EXPECT_EQ(part->section->start, 1u);
  EXPECT_EQ(part->section->end, 6u);
  for (const char* bad : {"", "{}", "[]", "x", R"({"path":3})", R"({"path":"x","start_time":1})",
                          R"({"path":"x","end_time":1})", R"({"path":"x","start_time":0.5,"end_time":1})",
                          R"({"path":"x","start_time":-1,"end_time":1})", R"({"path":"a\u0000b"})"})
    EXPECT_EQ(parse_request(bad).error().kind, ErrorKind::kInput) << bad;
}

TEST(Audiobox, WritesScoresAsPythonDoes) {
  const Scores scores = {5.0, 5.1, -2.25, 1e-7};
  EXPECT_EQ(score_line(scores, *parse_axes("")),
            R"({"CE": 5.0, "CU": 5.099999904632568, "PC": -2.25, "PQ": 1.0000000116860974e-07})");
  EXPECT_EQ(score_line(scores, *parse_axes("PC,CE,PC")), R"({"CE": 5.0, "PC": -2.25})");
  EXPECT_EQ(parse_axes("CE,XX").error().kind, ErrorKind::kUsage);
}

TEST(Audiobox, JudgesARecording) {
  const auto file = Safetensors::parse(random_teacher_file(small_geometry(), 7), "small");
  const Teacher teacher = Teacher::from(*file).value();
  const std::string path = testing::TempDir() + "/audiobox_test.wav";
  sound::Samples song(16000);
  for (size_t t = 0; t < song.size(); t++) song[t] = static_cast<uint8_t>(t * (t >> 9 & 7));
  ASSERT_TRUE(sound::write_wav(path, song).ok());
  std::vector<float> x;
  for (uint8_t s : song) x.push_back((static_cast<float>(s) - 128) / 128);
  EXPECT_EQ(*judge_recording(teacher, {path, {}}), teacher.judge(resample(x, 8000, kSampleRate)));
  x.resize(8000);
  EXPECT_EQ(*judge_recording(teacher, {path, sound::Section{0, 1}}), teacher.judge(resample(x, 8000, kSampleRate)));
  std::remove(path.c_str());
  EXPECT_FALSE(judge_recording(teacher, {path, {}}).ok());
}

}  // namespace
}  // namespace sotto::judge::teacher
