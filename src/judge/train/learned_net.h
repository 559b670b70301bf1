// SPDX-License-Identifier: Apache-2.0
// The learned part of one member of a judge, as libtorch trains it.
#pragma once
#include <torch/torch.h>

#include <vector>

#include "judge/train/float_model.h"

namespace sotto::judge::train {

struct LearnedNet : torch::nn::Module {
  std::vector<torch::nn::BatchNorm1d> norm;            // of the learned layers; folded into them when training is over
  virtual torch::Tensor forward(torch::Tensor x) = 0;  // [batch][bands][frames] -> [batch][outputs]
  // Into the part of `model` that is learned; of a net with one output. Changes the net: use it when training is over.
  virtual void copy_into(FloatModel& model) = 0;
};

// Convolutions that are not learned, each with its clamp.
class FixedLayers {
 public:
  explicit FixedLayers(const std::vector<FloatConv>& layers);
  torch::Tensor operator()(torch::Tensor x) const;  // [batch][in][frames] -> [batch][out][frames]

 private:
  std::vector<torch::Tensor> weights_, biases_;
};

// gamma (conv(x) - mean) / sqrt(var + eps) + beta, as one convolution. Changes `layer`.
void fold_norm(torch::nn::Conv1d& layer, const torch::nn::BatchNorm1d& norm);

}  // namespace sotto::judge::train
