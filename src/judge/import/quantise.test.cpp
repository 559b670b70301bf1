// SPDX-License-Identifier: Apache-2.0
// Imported integers follow the model's floats, for every kind of activation, and the result is a judge.
#include "judge/import/quantise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "judge/import/interpret.h"
#include "judge/import/test_model.h"
#include "judge/net/random_network.h"
#include "judge/net/scorer.h"

namespace sotto::judge {
namespace {

constexpr uint32_t kBands = 5, kSamples = 8000;  // 30 frames of 256 samples

// Windowed waves rather than noise as DFT weights, so that features vary from song to song.
Network front_end() {
  Network net = random_network({16, 8, kSamples, 8, 16, kBands, {4}}, 1);
  for (size_t l = 0; l < 512; l++)
    for (size_t c = 0; c < 32; c++) net.dft[l * 32 + c] = static_cast<int32_t>(60 * std::cos(0.05 * static_cast<double>((c / 2 + 1) * l) + 1.57 * static_cast<double>(c % 2)));
  for (uint32_t f = 0; f < net.log_table.size(); f++) net.log_table[f] = 32 * f / 32768;
  EXPECT_TRUE(check_network(net).ok());
  return net;
}

ImportSamples samples_of(const Network& net) {
  const Scorer scorer(net);
  ImportSamples out;
  std::mt19937_64 random(5);
  for (unsigned i = 0; i < 24; i++) {
    std::vector<uint8_t> x(kSamples);
    const bool tone = i < 12;
    for (size_t t = 0; t < x.size(); t++)
      x[t] = static_cast<uint8_t>(tone ? t * (i + 2) >> (1 + t / 2000) : random() % (8 + 10 * i));
    out.features.push_back(scorer.features(x));
  }
  out.human = 12;
  return out;
}

FloatNet model_with(const std::string& activation, const Network& net, const ImportSamples& samples, bool negative = false) {
  double sum = 0;
  for (const auto& features : samples.features) sum += std::accumulate(features.begin(), features.end(), 0.0) / static_cast<double>(features.size());
  const float centre = static_cast<float>(sum / static_cast<double>(samples.features.size()));
  std::mt19937_64 random(9);
  test::Model model({1, kBands, net.frames});
  model.random_constant("w1", {6, kBands, 4}, 0.01f, random);
  model.random_constant("b1", {6}, 1, random);
  model.random_constant("w2", {4, 6, 4}, 0.4f, random);
  model.random_constant("b2", {4}, 0.3f, random);
  model.random_constant("w3", {8, 1}, 1, random);
  model.constant("low", {}, {-1}).constant("high", {}, {2}).constant("sign", {}, {negative ? -1.0f : 1.0f}).constant("centre", {}, {centre});
  const std::vector<std::string> bounds = activation == "Clip" ? std::vector<std::string>{"low", "high"} : std::vector<std::string>{};
  const auto activate = [&](std::string from, std::string to) {
    std::vector<std::string> inputs = {from};
    inputs.insert(inputs.end(), bounds.begin(), bounds.end());
    model.node(activation, inputs, to);
  };
  model.node("Sub", {"x", "centre"}, "a").node("Conv", {"a", "w1", "b1"}, "b", {{"strides", {2}}});
  activate("b", "c");
  model.node("Conv", {"c", "w2", "b2"}, "d", {{"strides", {2}}});
  activate("d", "e");
  model.node("GlobalAveragePool", {"e"}, "f").node("Mul", {"e", "e"}, "e2").node("GlobalAveragePool", {"e2"}, "f2");
  model.node("Concat", {"f", "f2"}, "g").node("Flatten", {"g"}, "h").node("MatMul", {"h", "w3"}, "i").node("Mul", {"i", "sign"}, "y");
  const Bytes file = model.file();
  const auto parsed = parse_onnx(file);
  SOTTO_CHECK(parsed.ok());
  auto net_of = interpret(*parsed, kBands, net.frames);
  EXPECT_TRUE(net_of.ok()) << net_of.error().message;
  return *net_of;
}

TEST(ImportQuantise, FollowsTheFloats) {
  const Network front = front_end();
  const ImportSamples samples = samples_of(front);
  for (const char* activation : {"Relu", "Clip", "Gelu", "Sigmoid", "Tanh", "LeakyRelu", "HardSigmoid", "Elu"}) {
    const FloatNet model = model_with(activation, front, samples);
    const auto imported = quantise(model, front, samples, std::pair<double, double>{-50, 50});
    ASSERT_TRUE(imported.ok()) << activation << ": " << imported.error().message;
    EXPECT_TRUE(check_network(imported->net).ok());
    ASSERT_EQ(imported->layers.size(), 3u);
    for (const LayerError& e : imported->layers) {
      EXPECT_LT(e.error_rms, 0.02 * e.rms + 1e-9) << activation << " " << e.name;
      EXPECT_EQ(e.clamped, 0) << activation << " " << e.name;  // the table was made for these songs
    }
    // Ramps have a scale per layer. Others share one table, hence one scale of what goes into it: fewer steps for a layer.
    EXPECT_GT(imported->layers.back().pearson, model.activation.is_ramp ? 0.9999 : 0.995) << activation;
    const auto decoded = decode_judge(encode_judge(imported->net));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(judge_digest(*decoded), judge_digest(imported->net));
  }
}

TEST(ImportQuantise, ScoresFollowTheRange) {
  const Network front = front_end();
  const ImportSamples samples = samples_of(front);
  const FloatNet model = model_with("Relu", front, samples);
  std::vector<double> outputs;
  for (const auto& features : samples.features)
    outputs.push_back(head_value(model, layer_values(model, {features.begin(), features.end()}).back()));
  const auto [low, high] = std::minmax_element(outputs.begin(), outputs.end());
  const auto imported = quantise(model, front, samples, std::pair<double, double>{*low, *high});
  ASSERT_TRUE(imported.ok()) << imported.error().message;
  const Scorer scorer(imported->net);
  for (size_t i = 0; i < outputs.size(); i++) {
    const double wanted = 10 * (outputs[i] - *low) / (*high - *low);
    const double got = scorer.score_of(scorer.head_of(samples.features[i])) / 100.0;
    EXPECT_NEAR(got, wanted, 0.2);
  }
  EXPECT_FALSE(quantise(model, front, samples, std::pair<double, double>{1, 1}).ok());
}

// Without a range, people's songs must come out above the others: exactly one sign of the output does.
TEST(ImportQuantise, CalibratesOnSongsOrRefuses) {
  const Network front = front_end();
  const ImportSamples samples = samples_of(front);
  const auto plain = quantise(model_with("Relu", front, samples), front, samples, {});
  const auto turned = quantise(model_with("Relu", front, samples, true), front, samples, {});
  ASSERT_NE(plain.ok(), turned.ok());
  const auto& good = plain.ok() ? plain : turned;
  const auto& bad = plain.ok() ? turned : plain;
  EXPECT_NE(bad.error().message.find("turn its sign"), std::string::npos);
  EXPECT_EQ(max_score(good->net), 1000u);
  ImportSamples people_only = samples;
  people_only.human = samples.features.size();
  EXPECT_FALSE(quantise(model_with("Relu", front, samples), front, people_only, {}).ok());
  EXPECT_FALSE(quantise(model_with("Relu", front, samples), front, {}, {}).ok());
}

}  // namespace
}  // namespace sotto::judge
