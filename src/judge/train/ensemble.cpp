// SPDX-License-Identifier: Apache-2.0
#include "judge/train/ensemble.h"

namespace sotto::judge::train {
namespace {

// The member's first layer for inputs that are scaled as those of `to`:
//   w (L - mean) / scale = (w to.scale / scale) (L - to.mean) / to.scale + w (to.mean - mean) / scale
FloatConv rescaled(const FloatModel& member, const FloatModel& to) {
  FloatConv layer = member.conv[0];
  for (size_t j = 0; j < layer.weights.size(); j++) {
    const size_t band = j / layer.out_channels % layer.in_channels;
    layer.bias[j % layer.out_channels] += layer.weights[j] * (to.input_mean[band] - member.input_mean[band]) / member.input_scale;
    layer.weights[j] *= to.input_scale / member.input_scale;
  }
  return layer;
}

}  // namespace

FloatModel mean_of(const std::vector<FloatModel>& members) {
  const FloatModel& first = members[0];
  const uint32_t count = static_cast<uint32_t>(members.size());
  FloatModel out;
  out.input_mean = first.input_mean, out.input_scale = first.input_scale;
  for (size_t i = 0; i < first.conv.size(); i++) {
    const uint32_t in = first.conv[i].in_channels, channels = first.conv[i].out_channels;
    FloatConv wide{i == 0 ? in : in * count, channels * count, {}, {}};
    wide.weights.assign(size_t{4} * wide.in_channels * wide.out_channels, 0);
    for (uint32_t m = 0; m < count; m++) {
      const FloatConv layer = i == 0 ? rescaled(members[m], first) : members[m].conv[i];
      wide.bias.insert(wide.bias.end(), layer.bias.begin(), layer.bias.end());
      for (size_t j = 0; j < layer.weights.size(); j++) {
        const size_t tap = j / channels / in, k = j / channels % in + (i == 0 ? 0 : m * in), c = j % channels + m * channels;
        wide.weights[(tap * wide.in_channels + k) * wide.out_channels + c] = layer.weights[j];
      }
    }
    out.conv.push_back(std::move(wide));
  }
  for (const FloatModel& member : members) {
    for (float w : member.head_mean) out.head_mean.push_back(w / static_cast<float>(count));
    for (float w : member.head_square) out.head_square.push_back(w / static_cast<float>(count));
    out.head_bias += member.head_bias / static_cast<float>(count);
  }
  return out;
}

}  // namespace sotto::judge::train
