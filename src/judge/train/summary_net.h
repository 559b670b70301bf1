// SPDX-License-Identifier: Apache-2.0
// A member of a judge that knows a clip by its averages over three seconds only: how loud each part of the spectrum is,
// how much it varies, and how fast. What comes first and what next it hears only through these, so it cannot learn
// songs by heart. (What such numbers are worth beside convolutions: docs/judge-experiments.md.)
//
// All layers but the last are fixed. The first makes numbers of which the average says something: the level of 12
// groups of bands, how far they lie above two thresholds (quantiles of people's clips: with the mean, the spread), and
// how much they rise and fall. The others average, and add rise and fall at twice the time.
// Only the last layer, clamped hidden units over these averages, is learned, and the head.
#pragma once
#include "judge/train/examples.h"
#include "judge/train/learned_net.h"

namespace sotto::judge::train {

// The fixed layers, and mean and deviation of what they give for people's clips.
struct Summary {
  std::vector<FloatConv> layers;
  std::vector<float> mean, deviation;  // by channel of the last of them
};
// Thresholds from the human clips; inputs: mean and scale of the features. Requires layers >= 1 and 48 bands (12 k).
Summary make_summary(const std::vector<const Example*>& examples, const FloatModel& inputs, size_t layers);

struct SummaryNet : LearnedNet {
  SummaryNet(const Summary& summary, int64_t hidden, double dropout_share);
  torch::Tensor forward(torch::Tensor x) override;
  void copy_into(FloatModel& model) override;

 private:
  torch::Tensor heard(torch::Tensor x) const;  // the averages, each with mean 0 and deviation 1 over people's clips

  const Summary summary_;
  const FixedLayers layers_;
  torch::Tensor mean_, deviation_;
  torch::nn::Conv1d hidden_{nullptr};
  torch::nn::Dropout dropout_{nullptr};
  torch::nn::Linear head_{nullptr};
};

}  // namespace sotto::judge::train
