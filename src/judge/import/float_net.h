// SPDX-License-Identifier: Apache-2.0
// A network of floats in the shape of a judge: what an imported model comes down to before it becomes integers.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace sotto::judge {

struct Activation {
  std::string name;                            // with its parameters: equal names, equal functions
  std::function<double(double)> value;
  bool is_ramp = false;                        // 0 below 0, then x up to `high`: any scale of it is a ramp again
  double low = 0, high = 0;                    // bounds of its values; high may be infinite
};

struct FloatLayer {
  std::string node;                            // of the model, for messages and reports
  size_t in = 0, out = 0;
  std::vector<double> weights;                 // [4 frames][in][out], last index fastest
  std::vector<double> bias;                    // [out]
};

// y = sum_c (square[c] mean_i(v[i][c]^2) + linear[c] mean_i(v[i][c])) + offset over the values v of the last layer
struct FloatHead {
  std::vector<double> square, linear;
  double offset = 0;
};

struct FloatNet {
  size_t bands = 0, frames = 0;                // of the input
  std::vector<FloatLayer> layers;
  Activation activation;                       // of all layers
  FloatHead head;
  Activation last;                             // of the one output; without a name: none
};

// Number of frames behind a layer of four frames and stride two. Requires frames >= 4.
constexpr size_t frames_behind(size_t frames) { return (frames - 2) / 2; }

// The values of every layer, [frames][channels], from the input [frames][bands].
std::vector<std::vector<double>> layer_values(const FloatNet& net, const std::vector<double>& input);
double head_value(const FloatNet& net, const std::vector<double>& last_values);

}  // namespace sotto::judge
