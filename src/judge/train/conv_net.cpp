// SPDX-License-Identifier: Apache-2.0
#include "judge/train/conv_net.h"

namespace sotto::judge::train {

ConvNet::ConvNet(uint32_t bands, const std::vector<uint32_t>& channels, int64_t outputs, double dropout_share,
                 size_t dense_layers_from)
    : dense_from(dense_layers_from) {
  int64_t in = bands;
  for (uint32_t out : channels) {
    const size_t layer = conv.size();
    const std::string index = std::to_string(layer);
    const auto options = layer < dense_from
                             ? torch::nn::Conv1dOptions(in, out, 4).stride(2)
                             : torch::nn::Conv1dOptions(in, out, 3).dilation(int64_t{1} << (layer - dense_from));
    conv.push_back(register_module("conv" + index, torch::nn::Conv1d(options)));
    norm.push_back(register_module("norm" + index, torch::nn::BatchNorm1d(out)));
    in = out;
  }
  dropout = register_module("dropout", torch::nn::Dropout(dropout_share));
  head = register_module("head", torch::nn::Linear(2 * in, outputs));
}

torch::Tensor ConvNet::head_weight() const {
  if (!concave) return head->weight;
  const auto halves = head->weight.chunk(2, 1);
  return torch::cat({halves[0], -halves[1].abs()}, 1);
}

torch::Tensor ConvNet::forward(torch::Tensor x) {
  for (size_t i = 0; i < conv.size(); i++) x = torch::clamp(norm[i](conv[i](x)), 0, kActivationCap);
  return torch::nn::functional::linear(dropout(torch::cat({x.mean(2), (x * x).mean(2)}, 1)), head_weight(), head->bias);
}

namespace {

// The layer for each of `phases` phases of its input, and, if it is dense, for both of its own.
FloatConv for_all_phases(const FloatConv& layer, size_t taps, uint32_t phases) {
  const uint32_t in = layer.in_channels, out = layer.out_channels, own = taps == 3 ? 2 : 1;
  FloatConv wide{in * phases, out * phases * own, {}, {}};
  wide.weights.assign(size_t{4} * wide.in_channels * wide.out_channels, 0);
  for (uint32_t phase = 0; phase < phases * own; phase++) {
    wide.bias.insert(wide.bias.end(), layer.bias.begin(), layer.bias.end());
    for (size_t j = 0; j < layer.weights.size(); j++) {
      const size_t tap = j / out / in + phase / phases, k = j / out % in + phase % phases * in,
                   c = j % out + phase * out;
      wide.weights[(tap * wide.in_channels + k) * wide.out_channels + c] = layer.weights[j];
    }
  }
  return wide;
}

}  // namespace

std::vector<FloatConv> folded_convolutions(ConvNet& net) {
  torch::NoGradGuard no_grad;
  std::vector<FloatConv> layers;
  uint32_t phases = 1;
  for (size_t i = 0; i < net.conv.size(); i++) {
    auto& layer = net.conv[i];
    fold_norm(layer, net.norm[i]);
    FloatConv out;
    out.out_channels = static_cast<uint32_t>(layer->weight.size(0));
    out.in_channels = static_cast<uint32_t>(layer->weight.size(1));
    const auto w = layer->weight.permute({2, 1, 0}).contiguous();  // [out][in][tap] -> [tap][in][out]
    out.weights.assign(w.data_ptr<float>(), w.data_ptr<float>() + w.numel());
    out.bias.assign(layer->bias.data_ptr<float>(), layer->bias.data_ptr<float>() + layer->bias.numel());
    layers.push_back(for_all_phases(out, static_cast<size_t>(layer->weight.size(2)), phases));
    if (i >= net.dense_from) phases *= 2;
  }
  return layers;
}

void ConvNet::copy_into(FloatModel& model) {
  model.conv = folded_convolutions(*this);
  torch::NoGradGuard no_grad;
  const torch::Tensor weights = head_weight().contiguous();
  const float* weight = weights.data_ptr<float>();
  const size_t channels = static_cast<size_t>(head->weight.size(1)) / 2,
               phases = model.conv.back().out_channels / channels;
  model.head_mean.clear(), model.head_square.clear();
  for (size_t j = 0; j < channels * phases; j++) {  // the mean over phases
    model.head_mean.push_back(weight[j % channels] / static_cast<float>(phases));
    model.head_square.push_back(weight[channels + j % channels] / static_cast<float>(phases));
  }
  model.head_bias = head->bias.item<float>();
}

}  // namespace sotto::judge::train
