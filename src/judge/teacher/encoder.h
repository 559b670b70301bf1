// SPDX-License-Identifier: Apache-2.0
// WavLM's transformer: a convolution that knows the position, then layers of attention with a gated relative bias.
// Frames are rows of `width` floats.
#pragma once
#include <memory>
#include <vector>

#include "judge/teacher/geometry.h"
#include "judge/teacher/weights.h"

namespace sotto::judge::teacher {

class PositionConvolution {
 public:
  PositionConvolution(Weights& weights, const Geometry& geometry);
  // GELU(conv(x)): as many frames as x has; beside them x counts as zero.
  std::vector<float> run(const std::vector<float>& x) const;

 private:
  size_t width_, kernel_;
  std::vector<Factor> groups_;
};

// b[h][Δ] for Δ = key - query, |Δ| < frames: learned, one for all layers.
class RelativeBias {
 public:
  RelativeBias(Weights& weights, const Geometry& geometry);
  // The biases of a query's keys 0, 1, …
  const float* row(size_t head, size_t query) const {
    return table_.data() + head * (2 * frames_ - 1) + frames_ - 1 - query;
  }

 private:
  size_t frames_;
  std::vector<float> table_;
};
// Which entry of the learned table belongs to Δ.
size_t relative_bucket(const Geometry& geometry, ptrdiff_t delta);

class EncoderLayer {
 public:
  EncoderLayer(Weights& weights, const Geometry& geometry, size_t layer);
  void run(std::vector<float>& x, const RelativeBias& bias) const;

 private:
  std::vector<float> attention(const std::vector<float>& x, const RelativeBias& bias) const;
  float gate(const float* x, size_t head) const;

  size_t width_, heads_;
  Factor query_key_value_, out_;
  std::vector<float> gate_weights_, gate_bias_, gate_scale_;  // [2][head width], [2], [heads]
  Norm attention_norm_;
  Factor first_, second_;
  Norm final_norm_;
};

}  // namespace sotto::judge::teacher
