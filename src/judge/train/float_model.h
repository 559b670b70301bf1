// SPDX-License-Identifier: Apache-2.0
// The float twin of the network's learned part: what training produces and quantisation reads.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::judge::train {

// Kernel 4, stride 2, then clamp to [0, kActivationCap].
struct FloatConv {
  uint32_t in_channels = 0, out_channels = 0;
  std::vector<float> weights;  // [4][in][out], last index fastest: the order of ConvLayer::weights
  std::vector<float> bias;
};

struct FloatModel {
  // The integers of the front end become (L - input_mean[band]) / input_scale.
  std::vector<float> input_mean;
  float input_scale = 1;
  std::vector<FloatConv> conv;
  std::vector<float> head_mean, head_square;  // of the means over frames of out and of out^2
  float head_bias = 0;
};

inline constexpr float kActivationCap = 6;

// What the layers give for features L, [frames][bands]: [frames of the last][its channels]. Only the input's mean and scale
// are read of `inputs`.
std::vector<float> activations(const std::vector<FloatConv>& layers, const FloatModel& inputs,
                               std::span<const uint16_t> features);
// The logit for features L, [frames][bands].
double evaluate(const FloatModel& model, std::span<const uint16_t> features);

// One text line of numbers per vector: enough digits to come back exactly.
Status write_model(const FloatModel& model, const std::string& path);
Result<FloatModel> read_model(const std::string& path);

}  // namespace sotto::judge::train
