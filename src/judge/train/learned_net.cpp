// SPDX-License-Identifier: Apache-2.0
#include "judge/train/learned_net.h"

namespace sotto::judge::train {

namespace {

// The weights as torch has them: [out][in][tap].
torch::Tensor tensor_of(const FloatConv& layer) {
  return torch::tensor(layer.weights)
      .view({4, int64_t{layer.in_channels}, int64_t{layer.out_channels}})
      .permute({2, 1, 0})
      .contiguous();
}

}  // namespace

FixedLayers::FixedLayers(const std::vector<FloatConv>& layers) {
  for (const FloatConv& layer : layers)
    weights_.push_back(tensor_of(layer)), biases_.push_back(torch::tensor(layer.bias));
}

torch::Tensor FixedLayers::operator()(torch::Tensor x) const {
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < weights_.size(); i++)
    x = torch::clamp(torch::conv1d(x, weights_[i], biases_[i], 2), 0, kActivationCap);
  return x;
}

void fold_norm(torch::nn::Conv1d& layer, const torch::nn::BatchNorm1d& norm) {
  torch::NoGradGuard no_grad;
  const auto gain = norm->weight / torch::sqrt(norm->running_var + norm->options.eps());
  layer->weight.mul_(gain.view({-1, 1, 1}));
  layer->bias.copy_((layer->bias - norm->running_mean) * gain + norm->bias);
}

}  // namespace sotto::judge::train
