// SPDX-License-Identifier: Apache-2.0
#include "judge/train/float_model.h"

#include <algorithm>

namespace sotto::judge::train {

double evaluate(const FloatModel& model, std::span<const uint16_t> features) {
  const size_t bands = model.input_mean.size();
  std::vector<float> in(features.size());
  for (size_t j = 0; j < in.size(); j++)
    in[j] = (static_cast<float>(features[j]) - model.input_mean[j % bands]) / model.input_scale;
  for (const FloatConv& layer : model.conv) {
    const size_t frames = (in.size() / layer.in_channels - 2) / 2;
    std::vector<float> out(frames * layer.out_channels);
    for (size_t i = 0; i < frames; i++) {
      float* acc = out.data() + i * layer.out_channels;
      std::copy(layer.bias.begin(), layer.bias.end(), acc);
      for (size_t j = 0; j < 4 * size_t{layer.in_channels}; j++) {
        const float x = in[2 * i * layer.in_channels + j];
        for (size_t c = 0; c < layer.out_channels; c++) acc[c] += x * layer.weights[j * layer.out_channels + c];
      }
      for (size_t c = 0; c < layer.out_channels; c++) acc[c] = std::clamp(acc[c], 0.0f, kActivationCap);
    }
    in = std::move(out);
  }
  const size_t channels = model.head_mean.size();
  double sum = 0;
  for (size_t j = 0; j < in.size(); j++)
    sum += double{model.head_mean[j % channels]} * in[j] + double{model.head_square[j % channels]} * in[j] * in[j];
  return sum / static_cast<double>(in.size() / channels) + double{model.head_bias};
}

}  // namespace sotto::judge::train
