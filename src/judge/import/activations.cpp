// SPDX-License-Identifier: Apache-2.0
#include "judge/import/activations.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace sotto::judge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeastGelu = -0.17;  // its minimum is -0.16997 for both forms

double exact_gelu(double x) { return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2)); }

double tanh_gelu(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

std::string with(const char* name, double a) { return std::string(name) + " " + std::to_string(a); }

}  // namespace

std::optional<Activation> activation_of(const OnnxNode& node, double low, double high) {
  if (node.op == "Relu") return Activation{"Relu", [](double x) { return std::max(x, 0.0); }, true, 0, kInfinity};
  if (node.op == "Clip") {
    const auto clip = [low, high](double x) { return std::clamp(x, low, high); };
    return Activation{with("Clip", low) + with("", high), clip, low == 0, low, high};
  }
  if (node.op == "Sigmoid") return Activation{"Sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }, false, 0, 1};
  if (node.op == "Tanh") return Activation{"Tanh", [](double x) { return std::tanh(x); }, false, -1, 1};
  if (node.op == "Gelu" || node.op == "com.microsoft.Gelu") {
    const auto form = node.attributes.find("approximate");
    const bool approximate = form != node.attributes.end() && form->second.text == "tanh";
    return Activation{approximate ? "Gelu tanh" : "Gelu", approximate ? tanh_gelu : exact_gelu, false, kLeastGelu, kInfinity};
  }
  if (node.op == "LeakyRelu") {
    const double alpha = node.number("alpha", 0.01);
    return Activation{with("LeakyRelu", alpha), [alpha](double x) { return x < 0 ? alpha * x : x; }, false, -kInfinity, kInfinity};
  }
  if (node.op == "HardSigmoid") {
    const double alpha = node.number("alpha", 0.2), beta = node.number("beta", 0.5);
    const auto value = [alpha, beta](double x) { return std::clamp(alpha * x + beta, 0.0, 1.0); };
    return Activation{with("HardSigmoid", alpha) + with("", beta), value, false, 0, 1};
  }
  if (node.op == "Elu") {
    const double alpha = node.number("alpha", 1);
    return Activation{with("Elu", alpha), [alpha](double x) { return x < 0 ? alpha * std::expm1(x) : x; }, false, std::min(-alpha, 0.0), kInfinity};
  }
  return {};
}

}  // namespace sotto::judge
