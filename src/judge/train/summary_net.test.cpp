// SPDX-License-Identifier: Apache-2.0
// A network that hears sums only: its fixed layers say what they should, and the judge has the network that was
// trained.
#include "judge/train/summary_net.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace sotto::judge::train {
namespace {

constexpr uint32_t kBands = 48;
constexpr size_t kFrames = 94;  // then 46, 22, 10 and 4
constexpr size_t kLayers = 4;

Example clip(uint64_t seed) {
  std::mt19937_64 random(seed);
  Example e;
  e.kind = "human";
  for (size_t j = 0; j < kFrames * kBands; j++) e.features.push_back(static_cast<uint16_t>(200 + random() % 200));
  return e;
}

class SummaryNetTest : public testing::Test {
 protected:
  SummaryNetTest() {
    for (uint64_t seed = 0; seed < 20; seed++) clips_.push_back(clip(seed));
    for (const Example& e : clips_) examples_.push_back(&e);
    inputs_.input_mean.assign(kBands, 300), inputs_.input_scale = 60;
    summary_ = make_summary(examples_, inputs_, kLayers - 1);
  }
  std::vector<float> heard(const Example& e) const { return activations(summary_.layers, inputs_, e.features); }

  std::vector<Example> clips_;
  std::vector<const Example*> examples_;
  FloatModel inputs_;
  Summary summary_;
};

TEST_F(SummaryNetTest, ExportIsTheSame) {
  torch::manual_seed(1);
  SummaryNet net(summary_, 7, 0);
  {
    torch::NoGradGuard no_grad;
    for (auto& p : net.parameters()) p.copy_(torch::randn_like(p) * 0.5);
    net.norm[0]->running_mean.normal_(), net.norm[0]->running_var.uniform_(0.5, 2);
    net.eval();
  }
  torch::Tensor x = torch::empty({1, kBands, static_cast<int64_t>(kFrames)});
  for (size_t j = 0; j < kFrames * kBands; j++)
    x[0][static_cast<int64_t>(j % kBands)][static_cast<int64_t>(j / kBands)] = (clips_[3].features[j] - 300.0f) / 60;
  const float expected = net.forward(x).item<float>();
  FloatModel model = inputs_;
  net.copy_into(model);
  ASSERT_EQ(model.conv.size(), kLayers);
  EXPECT_EQ(model.conv.back().out_channels, 7u);
  EXPECT_NEAR(evaluate(model, clips_[3].features), expected, 1e-3 * (1 + std::abs(expected)));
}

TEST_F(SummaryNetTest, AveragesOfPeoplesClipsAreMeasured) {
  const size_t channels = summary_.mean.size();
  double sum = 0, count = 0;
  for (const Example* e : examples_) {
    const auto values = heard(*e);
    for (size_t j = 0; j < values.size(); j += channels) sum += static_cast<double>(values[j]), count++;
  }
  EXPECT_NEAR(sum / count, static_cast<double>(summary_.mean[0]), 1e-3);
  for (float d : summary_.deviation) EXPECT_GT(d, 0);
}

// What sounds the same all the time neither rises nor falls; what changes does, the more the faster the layer that
// hears it.
TEST_F(SummaryNetTest, HearsRiseAndFall) {
  const size_t channels = summary_.mean.size(), steps = channels - 2 * 12;  // the pairs of the last layer come last
  Example still = clips_[0], slow = clips_[0];
  for (size_t j = 0; j < still.features.size(); j++) {
    const size_t frame = j / kBands;
    still.features[j] = 300, slow.features[j] = frame / 16 % 2 ? 360 : 240;
  }
  const auto a = heard(still), b = heard(slow);
  double rises = 0;
  for (size_t j = 0; j < a.size(); j++) {
    if (j % channels < steps) continue;
    EXPECT_NEAR(a[j], 0, 1e-4);
    rises += static_cast<double>(b[j]);
  }
  EXPECT_GT(rises, 0.5);
}

// Louder by the same everywhere: only the level hears it.
TEST_F(SummaryNetTest, ShapeDoesNotDependOnLoudness) {
  Example louder = clips_[1];
  for (uint16_t& v : louder.features) v = static_cast<uint16_t>(v + 6);
  const auto a = heard(clips_[1]), b = heard(louder);
  const size_t channels = summary_.mean.size();
  for (size_t j = 0; j < a.size(); j++) {
    if (j % channels == 0)
      EXPECT_GT(b[j], a[j]);
    else
      EXPECT_NEAR(a[j], b[j], 2e-3) << j % channels;
  }
}

}  // namespace
}  // namespace sotto::judge::train
