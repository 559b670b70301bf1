// SPDX-License-Identifier: Apache-2.0
// The tensors of a checked file, as the parts of the model take them.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "judge/teacher/matrix.h"
#include "judge/teacher/safetensors.h"

namespace sotto::judge::teacher {

struct Norm {
  std::vector<float> weight, bias;
};

// Requires: check_tensors() accepted the file.
class Weights {
 public:
  explicit Weights(const Safetensors& file) : file_(&file) {}

  std::vector<float> floats(const std::string& name) {
    std::vector<float> values = file_->floats(name);
    for (float x : values)
      if (!std::isfinite(x) && not_finite_.empty()) not_finite_ = name;
    return values;
  }
  Factor linear(const std::string& name) {
    const std::vector<float> bias = floats(name + ".bias");
    return Factor(floats(name + ".weight"), bias.size(), bias);
  }
  Norm norm(const std::string& name) { return {floats(name + ".weight"), floats(name + ".bias")}; }
  void forget_pages() { file_->forget_pages(); }

  // The first tensor that held an infinity or a NaN; empty: none.
  const std::string& not_finite() const { return not_finite_; }

 private:
  const Safetensors* file_;
  std::string not_finite_;
};

}  // namespace sotto::judge::teacher
