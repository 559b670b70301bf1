// SPDX-License-Identifier: Apache-2.0
// The learned part of a judge as libtorch trains it: convolutions of kernel 4 and stride 2 with batch norm and a
// clamp, then linear functions of the means over frames of the activations and of their squares.
#pragma once
#include <torch/torch.h>

#include <vector>

#include "judge/train/float_model.h"

namespace sotto::judge::train {

struct ConvNet : torch::nn::Module {
  std::vector<torch::nn::Conv1d> conv;
  std::vector<torch::nn::BatchNorm1d> norm;  // folded into the convolution when training is over
  torch::nn::Dropout dropout{nullptr};
  torch::nn::Linear head{nullptr};

  ConvNet(uint32_t bands, const std::vector<uint32_t>& channels, int64_t outputs, double dropout_share);
  torch::Tensor forward(torch::Tensor x);  // [batch][bands][frames] -> [batch][outputs]
};

// gamma (conv(x) - mean) / sqrt(var + eps) + beta, as one convolution. Changes the net: use it when training is over.
std::vector<FloatConv> folded_convolutions(ConvNet& net);

}  // namespace sotto::judge::train
