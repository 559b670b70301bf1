// SPDX-License-Identifier: Apache-2.0
// The learned part of a judge as libtorch trains it: convolutions of kernel 4 and stride 2 with batch norm and a
// clamp, then linear functions of the means over frames of the activations and of their squares.
//
// Layers from `dense_from` on leave no frame out. A song whose notes fall on multiples of the stride would else be
// heard at one place only, and a search finds the place that pays. Such a layer has three taps, since a kernel of four
// holds them twice, one frame apart:
//   out[psi][i] = sum_{j<3} w[j] in[2 i + psi + j],   psi = 0, 1
// are both kernel 4 and stride 2. With all phases of the layer before, they are one convolution of stride 1, whose
// dilation doubles from layer to layer. That is trained; the judge has the phases side by side, twice as many channels
// with every layer.
#pragma once
#include <vector>

#include "judge/train/learned_net.h"

namespace sotto::judge::train {

struct ConvNet : LearnedNet {
  std::vector<torch::nn::Conv1d> conv;
  torch::nn::Dropout dropout{nullptr};
  torch::nn::Linear head{nullptr};
  size_t dense_from;
  bool concave =
      false;  // squares only count against a clip: no channel pays that is louder than it is in people's songs

  ConvNet(uint32_t bands, const std::vector<uint32_t>& channels, int64_t outputs, double dropout_share,
          size_t dense_layers_from = SIZE_MAX);
  torch::Tensor head_weight() const;       // [outputs][means, then mean squares]
  torch::Tensor forward(torch::Tensor x) override;
  void copy_into(FloatModel& model) override;
};

// With the norms folded in, for all phases. Changes the net: use it when training is over.
std::vector<FloatConv> folded_convolutions(ConvNet& net);

}  // namespace sotto::judge::train
