// SPDX-License-Identifier: Apache-2.0
// What a tensor of the model is, in terms of a judge: the symbols that interpret.cpp computes with.
#pragma once
#include <memory>
#include <vector>

#include "judge/import/float_net.h"
#include "judge/import/onnx.h"

namespace sotto::judge {

// Rows of polynomials of degree two in the channels v of one layer, row o being
//   square[o] * v^2 + linear[o] * v + offset[o]
// with vectors over the channels. A signal has one channel per row (a diagonal, kept as vectors); pooled rows mix them.
struct Symbol {
  enum class Kind { kConstant, kSignal, kSums, kPooled } kind = Kind::kConstant;
  OnnxTensor constant;                    // kConstant

  size_t layer = 0;                       // whose values v are: 0 the input, i the output of layer i - 1
  bool channels_last = false;             // of kSignal and kSums: [1, frames, channels]
  // kSignal: channel c is square[c] v[c]^2 + linear[c] v[c] + offset[c]
  // kPooled: output o is sum_c square[o][c] mean(v[c]^2) + linear[o][c] mean(v[c]) + offset[o]
  std::vector<double> square, linear, offset;
  size_t channels = 0;                    // of the layer
  FloatLayer sums;                        // kSums: a conv whose activation is still to come
  std::shared_ptr<Activation> last;       // kPooled: applied to the output; nothing may follow

  size_t outputs() const { return kind == Kind::kSums ? sums.out : offset.size(); }
  // y -> factor y + term, per channel or output: of one value or outputs() values each.
  void scale(const std::vector<double>& factor, const std::vector<double>& term);
};

Symbol input_signal(size_t bands, bool channels_last);
Symbol signal_of_layer(size_t layer, size_t channels, bool channels_last);

}  // namespace sotto::judge
