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
    layer.bias[j % layer.out_channels] +=
        layer.weights[j] * (to.input_mean[band] - member.input_mean[band]) / member.input_scale;
    layer.weights[j] *= to.input_scale / member.input_scale;
  }
  return layer;
}

// One layer with the channels of all, which hear the same input or each its own.
FloatConv side_by_side(const std::vector<FloatConv>& layers, bool same_input) {
  FloatConv wide;
  for (const FloatConv& layer : layers) {
    wide.in_channels = same_input ? layer.in_channels : wide.in_channels + layer.in_channels;
    wide.out_channels += layer.out_channels;
    wide.bias.insert(wide.bias.end(), layer.bias.begin(), layer.bias.end());
  }
  wide.weights.assign(size_t{4} * wide.in_channels * wide.out_channels, 0);
  size_t first_in = 0, first_out = 0;
  for (const FloatConv& layer : layers) {
    const size_t in = layer.in_channels, out = layer.out_channels;
    for (size_t j = 0; j < layer.weights.size(); j++) {
      const size_t tap = j / out / in, k = j / out % in + first_in, c = j % out + first_out;
      wide.weights[(tap * wide.in_channels + k) * wide.out_channels + c] = layer.weights[j];
    }
    first_in += same_input ? 0 : in, first_out += out;
  }
  return wide;
}

}  // namespace

FloatModel mean_of(const std::vector<FloatModel>& members, const std::vector<float>& weights) {
  const FloatModel& first = members[0];
  FloatModel out;
  out.input_mean = first.input_mean, out.input_scale = first.input_scale;
  for (size_t i = 0; i < first.conv.size(); i++) {
    std::vector<FloatConv> layers;
    for (const FloatModel& member : members) layers.push_back(i == 0 ? rescaled(member, first) : member.conv[i]);
    out.conv.push_back(side_by_side(layers, i == 0));
  }
  const auto weight = [&](size_t m) { return weights.empty() ? 1.0f : weights.at(m); };
  float sum = 0;
  for (size_t m = 0; m < members.size(); m++) sum += weight(m);
  for (size_t m = 0; m < members.size(); m++) {
    for (float w : members[m].head_mean) out.head_mean.push_back(w * weight(m) / sum);
    for (float w : members[m].head_square) out.head_square.push_back(w * weight(m) / sum);
    out.head_bias += members[m].head_bias * weight(m) / sum;
  }
  return out;
}

FloatModel with_round_widths(const FloatModel& model) {
  constexpr uint32_t kRound = 32;
  FloatModel out = model;
  uint32_t in = model.conv[0].in_channels;
  for (FloatConv& layer : out.conv) {
    const uint32_t wide = (layer.out_channels + kRound - 1) / kRound * kRound;
    const bool first = &layer == &out.conv[0];
    FloatConv silent{first ? in : in - layer.in_channels, wide - layer.out_channels, {}, {}};
    silent.weights.assign(size_t{4} * silent.in_channels * silent.out_channels, 0);
    silent.bias.assign(silent.out_channels, 0);
    layer = side_by_side({layer, silent}, first);
    in = wide;
  }
  out.head_mean.resize(in, 0), out.head_square.resize(in, 0);
  return out;
}

}  // namespace sotto::judge::train
