// SPDX-License-Identifier: Apache-2.0
#include "judge/train/summary_net.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace sotto::judge::train {
namespace {

constexpr uint32_t kTaps = 4;
constexpr uint32_t kGroups = 12;                 // of neighbouring bands, that rise and fall
constexpr uint32_t kParts = 3;                   // of the spectrum, of which it is known how much
constexpr double kThresholds[] = {0.25, 0.75};   // quantiles, by group
constexpr double kLeast = 0.005, kMost = 0.995;  // quantiles between which nothing is clamped
constexpr uint32_t kLevels = 1 + kGroups;        // channels: level of the frame, of each group beside it
constexpr uint32_t kSteady = kLevels + kGroups * std::size(kThresholds);
constexpr uint32_t part_of(uint32_t group) { return group * kParts / kGroups; }

float& weight(FloatConv& layer, uint32_t tap, uint32_t in, uint32_t out) {
  return layer.weights[(tap * layer.in_channels + in) * layer.out_channels + out];
}

FloatConv blank(uint32_t in, uint32_t out) {
  return {in, out, std::vector<float>(size_t{kTaps} * in * out, 0), std::vector<float>(out, 0)};
}

// Of every frame: its level, and how far each group of bands lies above it. Inputs of the network, so of about unit
// size.
std::vector<std::vector<float>> levels(const std::vector<const Example*>& examples, const FloatModel& inputs) {
  const size_t bands = inputs.input_mean.size(), width = bands / kGroups;
  std::vector<std::vector<float>> out(kLevels);
  for (const Example* e : examples) {
    if (!e->human()) continue;
    for (size_t first = 0; first < e->features.size(); first += bands) {
      std::array<float, kLevels> sum{};
      for (size_t b = 0; b < bands; b++) {
        const float x = (static_cast<float>(e->features[first + b]) - inputs.input_mean[b]) / inputs.input_scale;
        sum[0] += x / static_cast<float>(bands), sum[1 + b / width] += x / static_cast<float>(width);
      }
      out[0].push_back(sum[0]);
      for (size_t g = 1; g < kLevels; g++) out[g].push_back(sum[g] - sum[0]);
    }
  }
  return out;
}

float quantile(std::vector<float>& values, double share) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Adds factor * (level 0, or the distance of a group from it) of the input's frame `tap` to a channel.
void add_level(FloatConv& layer, uint32_t tap, uint32_t level, uint32_t out, float factor) {
  const uint32_t bands = layer.in_channels, width = bands / kGroups;
  for (uint32_t b = 0; b < bands; b++) {
    const float mean = factor / static_cast<float>(bands);
    if (level == 0)
      weight(layer, tap, b, out) += mean;
    else
      weight(layer, tap, b, out) += (b / width == level - 1 ? factor / static_cast<float>(width) : 0) - mean;
  }
}

FloatConv first_layer(std::vector<std::vector<float>> values, uint32_t bands) {
  FloatConv layer = blank(bands, kSteady + 2 * kGroups);
  float span = 0;  // one for all groups, so that their sums are levels too
  for (auto& v : values) span = std::max(span, quantile(v, kMost) - quantile(v, kLeast));
  const float unit = kActivationCap / span;
  for (uint32_t level = 0; level < kLevels; level++) {
    for (uint32_t tap : {1, 2}) add_level(layer, tap, level, level, unit / 2);
    layer.bias[level] = -quantile(values[level], kLeast) * unit;
  }
  // One frame in two, by itself: a mean of two would vary less.
  for (uint32_t group = 0; group < kGroups; group++)
    for (uint32_t i = 0; i < std::size(kThresholds); i++) {
      auto& v = values[1 + group];
      const uint32_t out = kLevels + group * std::size(kThresholds) + i;
      const float threshold = quantile(v, kThresholds[i]), above = kActivationCap / (quantile(v, kMost) - threshold);
      add_level(layer, 1, 1 + group, out, above);
      layer.bias[out] = -threshold * above;
    }
  for (uint32_t tap = 0; tap < kTaps; tap++)
    for (uint32_t b = 0; b < bands; b++) {
      const uint32_t rises = kSteady + 2 * (b / (bands / kGroups));
      const float step = (tap < 2 ? -0.5f : 0.5f) * unit * kGroups / static_cast<float>(bands);
      weight(layer, tap, b, rises) = step, weight(layer, tap, b, rises + 1) = -step;
    }
  return layer;
}

// Averages; rise and fall become one channel for each part; and those of the layer's own time are new.
FloatConv next_layer(uint32_t in) {
  const uint32_t kept = in - 2 * kGroups;
  FloatConv layer = blank(in, in + kParts);
  for (uint32_t tap = 0; tap < kTaps; tap++) {
    for (uint32_t c = 0; c < kept; c++) weight(layer, tap, c, c) = 1.0f / kTaps;
    for (uint32_t group = 0; group < kGroups; group++) {
      const uint32_t rises = kept + kParts + 2 * group;
      for (uint32_t before : {kept + 2 * group, kept + 2 * group + 1})
        weight(layer, tap, before, kept + part_of(group)) = 1.0f / kTaps;
      const float step = tap < 2 ? -0.5f : 0.5f;
      for (uint32_t level : {0u, 1 + group})  // of the frame, and beside it
        weight(layer, tap, level, rises) = step, weight(layer, tap, level, rises + 1) = -step;
    }
  }
  return layer;
}

}  // namespace

Summary make_summary(const std::vector<const Example*>& examples, const FloatModel& inputs, size_t layers) {
  const auto bands = static_cast<uint32_t>(inputs.input_mean.size());
  SOTTO_CHECK(layers >= 1 && bands % kGroups == 0);
  Summary out;
  out.layers.push_back(first_layer(levels(examples, inputs), bands));
  while (out.layers.size() < layers) out.layers.push_back(next_layer(out.layers.back().out_channels));
  // Mean and deviation of what comes out.
  const size_t channels = out.layers.back().out_channels;
  std::vector<double> sum(channels, 0), squares(channels, 0);
  double count = 0;
  for (const Example* e : examples) {
    if (!e->human()) continue;
    const std::vector<float> heard = activations(out.layers, inputs, e->features);
    for (size_t j = 0; j < heard.size(); j++)
      sum[j % channels] += double{heard[j]}, squares[j % channels] += double{heard[j]} * double{heard[j]};
    count += static_cast<double>(heard.size() / channels);
  }
  constexpr double kNothing = 1e-4;  // a channel that is the same everywhere
  for (size_t c = 0; c < channels; c++) {
    const double mean = sum[c] / count;
    out.mean.push_back(static_cast<float>(mean));
    out.deviation.push_back(static_cast<float>(std::sqrt(std::max(kNothing, squares[c] / count - mean * mean))));
  }
  return out;
}

SummaryNet::SummaryNet(const Summary& summary, int64_t hidden, double dropout_share)
    : summary_(summary), layers_(summary.layers) {
  const auto channels = static_cast<int64_t>(summary_.mean.size());
  mean_ = torch::tensor(summary_.mean).view({1, channels, 1});
  deviation_ = torch::tensor(summary_.deviation).view({1, channels, 1});
  hidden_ = register_module("hidden", torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, hidden, 1)));
  norm.push_back(register_module("norm", torch::nn::BatchNorm1d(hidden)));
  dropout_ = register_module("dropout", torch::nn::Dropout(dropout_share));
  head_ = register_module("head", torch::nn::Linear(2 * hidden, 1));
}

torch::Tensor SummaryNet::heard(torch::Tensor x) const {
  torch::NoGradGuard no_grad;
  return (torch::avg_pool1d(layers_(x), kTaps, 2) - mean_) / deviation_;  // the last layer averages too, before it weighs
}

torch::Tensor SummaryNet::forward(torch::Tensor x) {
  x = torch::clamp(norm[0](hidden_(heard(x))), 0, kActivationCap);
  return head_(dropout_(torch::cat({x.mean(2), (x * x).mean(2)}, 1)));
}

void SummaryNet::copy_into(FloatModel& model) {
  torch::NoGradGuard no_grad;
  fold_norm(hidden_, norm[0]);
  const auto channels = static_cast<uint32_t>(summary_.mean.size()),
             hidden = static_cast<uint32_t>(hidden_->bias.size(0));
  FloatConv last = blank(channels, hidden);
  const auto w = hidden_->weight.squeeze(2).contiguous();
  for (uint32_t c = 0; c < hidden; c++) {
    last.bias[c] = hidden_->bias.data_ptr<float>()[c];
    for (uint32_t k = 0; k < channels; k++) {
      const float scaled = w.data_ptr<float>()[c * channels + k] / summary_.deviation[k];
      for (uint32_t tap = 0; tap < kTaps; tap++) weight(last, tap, k, c) = scaled / kTaps;
      last.bias[c] -= scaled * summary_.mean[k];
    }
  }
  model.conv = summary_.layers;
  model.conv.push_back(std::move(last));
  const float* head = head_->weight.data_ptr<float>();
  model.head_mean.assign(head, head + hidden);
  model.head_square.assign(head + hidden, head + 2 * hidden);
  model.head_bias = head_->bias.item<float>();
}

}  // namespace sotto::judge::train
