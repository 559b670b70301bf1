// SPDX-License-Identifier: Apache-2.0
#include "judge/train/conv_net.h"

namespace sotto::judge::train {

ConvNet::ConvNet(uint32_t bands, const std::vector<uint32_t>& channels, int64_t outputs, double dropout_share) {
  int64_t in = bands;
  for (uint32_t out : channels) {
    const std::string index = std::to_string(conv.size());
    conv.push_back(register_module("conv" + index, torch::nn::Conv1d(torch::nn::Conv1dOptions(in, out, 4).stride(2))));
    norm.push_back(register_module("norm" + index, torch::nn::BatchNorm1d(out)));
    in = out;
  }
  dropout = register_module("dropout", torch::nn::Dropout(dropout_share));
  head = register_module("head", torch::nn::Linear(2 * in, outputs));
}

torch::Tensor ConvNet::forward(torch::Tensor x) {
  for (size_t i = 0; i < conv.size(); i++) x = torch::clamp(norm[i](conv[i](x)), 0, kActivationCap);
  return head(dropout(torch::cat({x.mean(2), (x * x).mean(2)}, 1)));
}

std::vector<FloatConv> folded_convolutions(ConvNet& net) {
  torch::NoGradGuard no_grad;
  std::vector<FloatConv> layers;
  for (size_t i = 0; i < net.conv.size(); i++) {
    auto& layer = net.conv[i];
    auto& norm = net.norm[i];
    const auto gain = norm->weight / torch::sqrt(norm->running_var + norm->options.eps());
    layer->weight.mul_(gain.view({-1, 1, 1}));
    layer->bias.copy_((layer->bias - norm->running_mean) * gain + norm->bias);
    FloatConv out;
    out.out_channels = static_cast<uint32_t>(layer->weight.size(0));
    out.in_channels = static_cast<uint32_t>(layer->weight.size(1));
    const auto w = layer->weight.permute({2, 1, 0}).contiguous();  // [out][in][tap] -> [tap][in][out]
    out.weights.assign(w.data_ptr<float>(), w.data_ptr<float>() + w.numel());
    out.bias.assign(layer->bias.data_ptr<float>(), layer->bias.data_ptr<float>() + layer->bias.numel());
    layers.push_back(std::move(out));
  }
  return layers;
}

}  // namespace sotto::judge::train
