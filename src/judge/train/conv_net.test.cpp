// SPDX-License-Identifier: Apache-2.0
// A network whose layers leave no frame out is the same as a judge with all phases side by side.
#include "judge/train/conv_net.h"

#include <gtest/gtest.h>

namespace sotto::judge::train {
namespace {

constexpr uint32_t kBands = 5;
constexpr size_t kFrames = 94;  // then 46, 22, 10 and 4 by stride 2: no phase lacks a frame

void make_random(ConvNet& net) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  for (auto& p : net.parameters()) p.copy_(torch::randn_like(p) * 0.5);
  for (auto& norm : net.norm)
    norm->running_mean.copy_(torch::randn_like(norm->running_mean)), norm->running_var.uniform_(0.5, 2);
  net.eval();
}

FloatModel exported(ConvNet& net) {
  FloatModel model;
  model.input_mean.assign(kBands, 0), model.input_scale = 1;
  net.copy_into(model);
  return model;
}

void expect_same(size_t dense_from, bool concave) {
  ConvNet net(kBands, {4, 3, 6, 2}, 1, 0, dense_from);
  net.concave = concave;
  make_random(net);
  std::vector<uint16_t> features(kFrames * kBands);
  for (size_t j = 0; j < features.size(); j++) features[j] = static_cast<uint16_t>(j * j % 7);
  torch::Tensor x = torch::empty({1, kBands, kFrames});
  for (size_t j = 0; j < features.size(); j++) x[0][j % kBands][j / kBands] = features[j];
  const float expected = net.forward(x).item<float>();
  EXPECT_NEAR(evaluate(exported(net), features), expected, 1e-4 * std::abs(expected)) << dense_from;
}

TEST(ConvNet, ExportIsTheSame) {
  for (size_t dense_from : {SIZE_MAX, size_t{3}, size_t{2}, size_t{1}, size_t{0}})
    expect_same(dense_from, dense_from == 1);
}

TEST(ConvNet, PhasesDoubleTheChannels) {
  ConvNet net(kBands, {4, 3, 6, 2}, 1, 0, 2);
  const FloatModel model = exported(net);
  const uint32_t channels[] = {4, 3, 12, 8};
  for (size_t i = 0; i < 4; i++) EXPECT_EQ(model.conv[i].out_channels, channels[i]);
  EXPECT_EQ(model.head_mean.size(), 8u);
}

TEST(ConvNet, SquaresOfAConcaveHeadOnlyCountAgainstAClip) {
  ConvNet net(kBands, {4, 3, 6, 2}, 1, 0, 2);
  net.concave = true;
  make_random(net);
  const FloatModel model = exported(net);
  for (float w : model.head_square) EXPECT_LE(w, 0);
}

}  // namespace
}  // namespace sotto::judge::train
