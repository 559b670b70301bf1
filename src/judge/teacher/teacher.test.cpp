// SPDX-License-Identifier: Apache-2.0
// The model against tools/teacher_reference.py, stage by stage: a cut-down geometry with the same random weights.
#include "judge/teacher/teacher.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "judge/teacher/random_teacher.h"

namespace sotto::judge::teacher {
namespace {

using Json = nlohmann::json;

const Json& golden() {
  static const Json json = [] {
    std::ifstream in(SOTTO_SOURCE_DIR "/src/judge/teacher/testdata/golden.json");
    return Json::parse(in);
  }();
  return json;
}

const Teacher& small_teacher() {
  static const Teacher teacher = [] {
    const auto file = Safetensors::parse(random_teacher_file(small_geometry(), golden()["seed"]), "small");
    return Teacher::from(*file).value();
  }();
  return teacher;
}

// Tolerances are relative to the size of the stage: single against double precision.
void expect_stage(const Json& wanted, std::span<const float> found) {
  ASSERT_EQ(wanted["size"], found.size());
  const double largest = wanted["largest"], tolerance = 2e-5 * largest;
  double sum = 0, squares = 0, most = 0;
  for (float x : found) {
    sum += double{x};
    squares += double{x} * double{x};
    most = std::max(most, std::abs(double{x}));
  }
  const double n = static_cast<double>(found.size());
  EXPECT_NEAR(sum / n, wanted["mean"], tolerance);
  EXPECT_NEAR(std::sqrt(squares / n), wanted["rms"], tolerance);
  EXPECT_NEAR(most, largest, tolerance);
  for (const Json& value : wanted["values"])
    EXPECT_NEAR(found[value[0].get<size_t>()], value[1].get<double>(), tolerance);
}

TEST(Teacher, EveryStageOfAWindow) {
  for (const Json& window : golden()["windows"]) {
    const size_t samples = window["samples"];
    const Json& stages = window["stages"];
    size_t seen = 0;
    small_teacher().judge_window(test_signal(samples), [&](const std::string& stage, std::span<const float> values) {
      SCOPED_TRACE(stage + " of " + std::to_string(samples) + " samples");
      ASSERT_TRUE(stages.contains(stage));
      expect_stage(stages[stage], values);
      seen++;
    });
    EXPECT_EQ(seen, stages.size());
  }
}

// Windows are weighted by their lengths: the clips have one sample, half a second, one window, one and a quarter.
TEST(Teacher, ScoresOfClips) {
  for (const Json& clip : golden()["clips"]) {
    const Scores scores = small_teacher().judge(test_signal(clip["samples"]));
    for (size_t axis = 0; axis < kAxes; axis++)
      EXPECT_NEAR(scores[axis], clip["scores"][axis].get<double>(), 1e-4) << clip["samples"];
  }
}

TEST(Teacher, RelativeBuckets) {
  const auto expect = [](const Geometry& g, const Json& wanted, ptrdiff_t query) {
    for (ptrdiff_t key = 0; key < 499; key++)
      ASSERT_EQ(relative_bucket(g, key - query), wanted[static_cast<size_t>(key)]) << key - query;
  };
  const Json all = golden()["relative_buckets"];
  expect(small_geometry(), Json(std::vector<Json>(all.begin(), all.begin() + 499)), 0);
  expect(small_geometry(), Json(std::vector<Json>(all.begin() + 499, all.end())), 498);
  expect(Geometry{}, golden()["relative_buckets_audiobox"], 0);
}

// Different inputs get different scores.
TEST(Teacher, HearsItsInput) {
  std::vector<float> x = test_signal(40000);
  const Scores before = small_teacher().judge(x);
  for (size_t i = 0; i < x.size(); i += 2) x[i] = -x[i];
  const Scores after = small_teacher().judge(x);
  for (size_t axis = 0; axis < kAxes; axis++) EXPECT_GT(std::abs(before[axis] - after[axis]), 1e-3);
}

TEST(Teacher, RefusesWeightsThatAreNoNumbers) {
  auto tensors = random_teacher(small_geometry(), 1);
  tensors["wavlm_model.encoder.layers.1.fc2.weight"].values[17] = std::numeric_limits<float>::quiet_NaN();
  const auto file =
      Safetensors::parse(encode_safetensors(tensors, {{kGeometryKey, geometry_text(small_geometry())}}), "x");
  const auto teacher = Teacher::from(*file);
  ASSERT_FALSE(teacher.ok());
  EXPECT_NE(teacher.error().message.find("layers.1.fc2.weight holds an infinity or a NaN"), std::string::npos);
}

}  // namespace
}  // namespace sotto::judge::teacher
