// SPDX-License-Identifier: Apache-2.0
// Networks of different width and scale side by side are the mean of their logits.
#include "judge/train/ensemble.h"

#include <gtest/gtest.h>

#include <random>

namespace sotto::judge::train {
namespace {

constexpr uint32_t kBands = 5;

FloatModel random_model(uint64_t seed, const std::vector<uint32_t>& channels) {
  std::mt19937_64 random(seed);
  const auto next = [&] { return static_cast<float>(random() % 2001) / 1000 - 1; };
  FloatModel model;
  for (uint32_t b = 0; b < kBands; b++) model.input_mean.push_back(3 + next());
  model.input_scale = 2 + next();
  uint32_t in = kBands;
  for (uint32_t out : channels) {
    FloatConv layer{in, out, std::vector<float>(size_t{4} * in * out), std::vector<float>(out)};
    for (float& w : layer.weights) w = next();
    for (float& b : layer.bias) b = next();
    model.conv.push_back(std::move(layer));
    in = out;
  }
  for (uint32_t c = 0; c < in; c++) model.head_mean.push_back(next()), model.head_square.push_back(next());
  model.head_bias = next();
  return model;
}

TEST(Ensemble, MeanOfLogits) {
  const std::vector<FloatModel> members = {random_model(1, {4, 3, 6}), random_model(2, {2, 5, 1}),
                                           random_model(3, {7, 1, 2})};
  const FloatModel all = mean_of(members);
  EXPECT_EQ(all.conv[0].in_channels, kBands);
  EXPECT_EQ(all.conv[1].out_channels, 9u);
  for (uint16_t seed = 0; seed < 5; seed++) {
    std::vector<uint16_t> features;
    for (uint16_t j = 0; j < 40 * kBands; j++) features.push_back(static_cast<uint16_t>((j * j + seed * j) % 7));
    double sum = 0;
    for (const FloatModel& member : members) sum += evaluate(member, features) / 3;
    EXPECT_NEAR(evaluate(all, features), sum, 1e-4 * (1 + std::abs(sum)));
  }
}

TEST(Ensemble, RoundWidthsAreTheSameFunction) {
  const FloatModel model = random_model(1, {4, 33, 6}), wide = with_round_widths(model);
  const uint32_t widths[] = {32, 64, 32};
  for (size_t i = 0; i < 3; i++) EXPECT_EQ(wide.conv[i].out_channels, widths[i]);
  for (size_t i = 1; i < 3; i++) EXPECT_EQ(wide.conv[i].in_channels, widths[i - 1]);
  const std::vector<uint16_t> features(40 * kBands, 4);
  EXPECT_NEAR(evaluate(wide, features), evaluate(model, features), 1e-5);
}

TEST(Ensemble, WeightsAreShares) {
  const std::vector<FloatModel> members = {random_model(1, {4, 3}), random_model(2, {2, 5})};
  const std::vector<uint16_t> features(20 * kBands, 4);
  const double first = evaluate(members[0], features), second = evaluate(members[1], features);
  EXPECT_NEAR(evaluate(mean_of(members, {1, 3}), features), 0.25 * first + 0.75 * second, 1e-4);
}

}  // namespace
}  // namespace sotto::judge::train
