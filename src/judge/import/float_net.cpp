// SPDX-License-Identifier: Apache-2.0
#include "judge/import/float_net.h"

#include <algorithm>

namespace sotto::judge {

std::vector<std::vector<double>> layer_values(const FloatNet& net, const std::vector<double>& input) {
  std::vector<std::vector<double>> out;
  out.reserve(net.layers.size());  // `in` points into it
  const std::vector<double>* in = &input;
  size_t frames = net.frames;
  for (const FloatLayer& layer : net.layers) {
    frames = frames_behind(frames);
    std::vector<double> values(frames * layer.out);
    for (size_t i = 0; i < frames; i++) {
      double* sum = values.data() + i * layer.out;
      std::copy(layer.bias.begin(), layer.bias.end(), sum);
      for (size_t j = 0; j < 4 * layer.in; j++) {
        const double x = (*in)[2 * i * layer.in + j];
        const double* w = layer.weights.data() + j * layer.out;
        for (size_t c = 0; c < layer.out; c++) sum[c] += x * w[c];
      }
      for (size_t c = 0; c < layer.out; c++) sum[c] = net.activation.value(sum[c]);
    }
    out.push_back(std::move(values));
    in = &out.back();
  }
  return out;
}

double head_value(const FloatNet& net, const std::vector<double>& last_values) {
  const size_t channels = net.head.linear.size();
  double sum = 0;
  for (size_t j = 0; j < last_values.size(); j++) {
    const double v = last_values[j];
    sum += (net.head.square[j % channels] * v + net.head.linear[j % channels]) * v;
  }
  return sum / static_cast<double>(last_values.size() / channels) + net.head.offset;
}

}  // namespace sotto::judge
