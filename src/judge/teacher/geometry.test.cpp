// SPDX-License-Identifier: Apache-2.0
// Audiobox's list of tensors, and what is said of files that differ from it.
#include "judge/teacher/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "judge/teacher/random_teacher.h"

namespace sotto::judge::teacher {
namespace {

// 324 tensors with 103,859,112 parameters: what the published checkpoint has.
TEST(Geometry, AudioboxHasItsTensors) {
  uint64_t parameters = 0;
  const auto list = tensor_list({});
  for (const TensorSpec& t : list) {
    uint64_t size = 1;
    for (uint64_t n : t.shape) size *= n;
    parameters += size;
  }
  EXPECT_EQ(list.size(), 324u);
  EXPECT_EQ(parameters, 103859112u);
  EXPECT_EQ(Geometry{}.frames(), 499u);
  EXPECT_EQ(list[1].name, "wavlm_model.feature_extractor.conv_layers.0.0.weight");
  EXPECT_EQ(shape_text(list[1].shape), "[512, 1, 10]");
  EXPECT_EQ(list.back().name, "layer_weights.PQ");
}

TEST(Geometry, SurvivesTheMetadata) {
  const auto file = Safetensors::parse(random_teacher_file(small_geometry(), 1), "x");
  ASSERT_TRUE(file.ok()) << file.error().message;
  const auto geometry = geometry_of(*file);
  ASSERT_TRUE(geometry.ok()) << geometry.error().message;
  EXPECT_EQ(*geometry, small_geometry());
  EXPECT_TRUE(check_tensors(*file, *geometry).ok());
  EXPECT_FALSE(check_tensors(*file, Geometry{}).ok());
}

TEST(Geometry, RefusesAbsurdMetadata) {
  const auto of = [](const std::string& text) {
    const auto file = Safetensors::parse(encode_safetensors({}, {{kGeometryKey, text}}), "x");
    return geometry_of(*file).ok();
  };
  const auto with = [](size_t Geometry::* member, size_t value) {
    Geometry g = small_geometry();
    g.*member = value;
    return geometry_text(g);
  };
  ASSERT_TRUE(of(geometry_text(small_geometry())));
  EXPECT_FALSE(of("{}"));
  EXPECT_FALSE(of("no JSON"));
  EXPECT_FALSE(of(with(&Geometry::width, 1000000000)));
  EXPECT_FALSE(of(with(&Geometry::width, 16)));  // no post_extract_proj
  EXPECT_FALSE(of(with(&Geometry::heads, 5)));   // 24 is no multiple
  EXPECT_FALSE(of(with(&Geometry::layers, 0)));
  EXPECT_FALSE(of(with(&Geometry::pos_kernel, 15)));
  EXPECT_FALSE(of(with(&Geometry::buckets, 30)));
  Geometry long_kernel = small_geometry();
  long_kernel.stem[0].kernel = 200000;
  EXPECT_FALSE(of(geometry_text(long_kernel)));
}

TEST(Geometry, NamesTheTensorThatIsWrong) {
  const Geometry g = small_geometry();
  const auto refusal = [&](const std::map<std::string, FloatTensor>& tensors) {
    const auto file = Safetensors::parse(encode_safetensors(tensors, {}), "my.safetensors");
    const Status status = check_tensors(*file, g);
    return status.ok() ? std::string() : status.error().message;
  };
  const auto says = [](const std::string& message, const char* part) {
    EXPECT_NE(message.find(part), std::string::npos) << message << " / " << part;
  };
  const auto good = random_teacher(g, 1);
  ASSERT_EQ(refusal(good), "");

  auto bad = good;
  bad.erase("wavlm_model.encoder.layers.1.fc1.bias");
  says(refusal(bad), "wavlm_model.encoder.layers.1.fc1.bias is missing");
  bad = good;
  bad["wavlm_model.encoder.layers.1.fc1.bias"] = {{39}, std::vector<float>(39)};
  says(refusal(bad), "has shape [39], and [40] is needed");
  bad = good;
  bad["extra"] = {{1}, {0}};
  says(refusal(bad), "extra is not one of the model's");
  bad.clear();
  for (const auto& [name, t] : good) bad["model." + name] = t;
  says(refusal(bad), "remove that prefix");
  says(refusal({}), "docs/teacher.md");
}

TEST(Geometry, RefusesOtherTypes) {
  Bytes bytes = random_teacher_file(small_geometry(), 1);
  const std::string f32 = "F32", name = "\"layer_weights.CE\":{\"dtype\":\"";
  const auto at = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
  ASSERT_NE(at, bytes.end());
  *(at + static_cast<ptrdiff_t>(name.size())) = 'I';
  const auto file = Safetensors::parse(bytes, "x");
  ASSERT_TRUE(file.ok());
  EXPECT_NE(check_tensors(*file, small_geometry()).error().message.find("layer_weights.CE is I32, and F32 is needed"),
            std::string::npos);
}

}  // namespace
}  // namespace sotto::judge::teacher
