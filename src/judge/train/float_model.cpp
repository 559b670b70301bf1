// SPDX-License-Identifier: Apache-2.0
#include "judge/train/float_model.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>

#include "base/bytes.h"

namespace sotto::judge::train {
namespace {

void write_line(std::ostream& out, const std::vector<float>& values) {
  out << values.size();
  for (float v : values) out << ' ' << v;
  out << '\n';
}

bool read_line(std::istream& in, std::vector<float>& values) {
  constexpr size_t kMost = 1 << 22;
  size_t count = 0;
  if (!(in >> count) || count > kMost) return false;
  values.resize(count);
  for (float& v : values)
    if (!(in >> v)) return false;
  return true;
}

}  // namespace

Status write_model(const FloatModel& model, const std::string& path) {
  std::ostringstream out;
  out.precision(std::numeric_limits<float>::max_digits10);
  write_line(out, model.input_mean);
  out << model.input_scale << '\n' << model.conv.size() << '\n';
  for (const FloatConv& layer : model.conv) {
    out << layer.in_channels << ' ' << layer.out_channels << '\n';
    write_line(out, layer.weights);
    write_line(out, layer.bias);
  }
  write_line(out, model.head_mean);
  write_line(out, model.head_square);
  out << model.head_bias << '\n';
  const std::string text = out.str();
  return write_file_atomically(path, ByteSpan(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

Result<FloatModel> read_model(const std::string& path) {
  std::ifstream in(path);
  FloatModel model;
  size_t layers = 0;
  bool ok = read_line(in, model.input_mean) && (in >> model.input_scale >> layers) && layers >= 1 && layers <= 16;
  for (size_t i = 0; ok && i < layers; i++) {
    FloatConv layer;
    ok = (in >> layer.in_channels >> layer.out_channels) && read_line(in, layer.weights) && read_line(in, layer.bias) &&
         layer.weights.size() == size_t{4} * layer.in_channels * layer.out_channels && layer.bias.size() == layer.out_channels;
    model.conv.push_back(std::move(layer));
  }
  ok = ok && read_line(in, model.head_mean) && read_line(in, model.head_square) && (in >> model.head_bias);
  if (!ok) return input_error(path + " is not a float model of sotto-train");
  return model;
}

std::vector<float> activations(const std::vector<FloatConv>& layers, const FloatModel& inputs,
                               std::span<const uint16_t> features) {
  const size_t bands = inputs.input_mean.size();
  std::vector<float> in(features.size());
  for (size_t j = 0; j < in.size(); j++)
    in[j] = (static_cast<float>(features[j]) - inputs.input_mean[j % bands]) / inputs.input_scale;
  for (const FloatConv& layer : layers) {
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
  return in;
}

double evaluate(const FloatModel& model, std::span<const uint16_t> features) {
  const std::vector<float> in = activations(model.conv, model, features);
  const size_t channels = model.head_mean.size();
  double sum = 0;
  for (size_t j = 0; j < in.size(); j++)
    sum += double{model.head_mean[j % channels]} * in[j] + double{model.head_square[j % channels]} * in[j] * in[j];
  return sum / static_cast<double>(in.size() / channels) + double{model.head_bias};
}

}  // namespace sotto::judge::train
