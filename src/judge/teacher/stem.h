// SPDX-License-Identifier: Apache-2.0
// Samples -> frames: WavLM's convolutions, and the projection to the width of the encoder.
#pragma once
#include <span>

#include "judge/teacher/geometry.h"
#include "judge/teacher/weights.h"

namespace sotto::judge::teacher {

class Stem {
 public:
  Stem(Weights& weights, const Geometry& geometry);

  // The first `frames` frames of a window, [frame][channel]. samples has kWindow values.
  std::vector<float> convolutions(std::span<const float> samples, size_t frames) const;
  // LayerNorm, then a linear layer: [frame][width]. Uses up its argument.
  std::vector<float> project(std::vector<float> frames) const;

 private:
  struct Layer {
    Factor weights;  // [out][tap][in]
    size_t stride;   // floats from one frame's inputs to the next one's
  };
  void group_norm(std::vector<float>& x) const;

  Geometry geometry_;
  std::vector<Layer> layers_;
  Norm group_norm_, norm_;
  Factor projection_;
};

}  // namespace sotto::judge::teacher
