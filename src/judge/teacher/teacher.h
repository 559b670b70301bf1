// SPDX-License-Identifier: Apache-2.0
// Audiobox Aesthetics, whole: 16 kHz samples -> four scores. Source: github.com/facebookresearch/audiobox-aesthetics
// and the WavLM paper, arXiv:2110.13900; tools/teacher_reference.py is an independent text of the same model.
#pragma once
#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "judge/teacher/encoder.h"
#include "judge/teacher/geometry.h"
#include "judge/teacher/stem.h"

namespace sotto::judge::teacher {

using Scores = std::array<double, kAxes>;  // in the order of kAxisList

// Is shown what the model computes on the way: "stem", "projection", "pos_conv", "encoder_input", "layer.0", …,
// "embedding.CE", …, "raw".
using Observer = std::function<void(const std::string& stage, std::span<const float> values)>;

// Thread-safe: const member functions share nothing that changes. Each uses all threads (SOTTO_THREADS).
class Teacher {
 public:
  static Result<Teacher> load(const std::string& path);
  // Copies what it needs from the file.
  static Result<Teacher> from(const Safetensors& file);

  const Geometry& geometry() const { return geometry_; }

  // The scores of a clip at kSampleRate, not empty: the mean over windows of ten seconds, weighted by their lengths.
  Scores judge(std::span<const float> clip) const;
  // What the heads say of one window; samples: at least one, at most kWindow. What is missing is silence that is
  // masked.
  Scores judge_window(std::span<const float> samples, const Observer& observer = {}) const;

 private:
  struct Hidden {
    Factor linear;
    Norm norm;
  };
  struct Head {
    std::vector<float> mix;  // of the layers: softmax of layer_weights
    std::vector<Hidden> hidden;
    Factor last;
  };
  Teacher(Weights& weights, const Geometry& geometry);
  static Head head_of(Weights& weights, const Geometry& geometry, const std::string& axis);
  // The mean over frames of x after every layer, [layers + 1][width].
  std::vector<std::vector<float>> pooled_layers(std::span<const float> samples, const Observer& observer) const;
  std::vector<float> embedding(const Head& head, const std::vector<std::vector<float>>& pooled) const;

  Geometry geometry_;
  Stem stem_;
  PositionConvolution position_;
  Norm encoder_norm_;
  RelativeBias bias_;
  std::vector<EncoderLayer> layers_;
  std::vector<Head> heads_;
};

}  // namespace sotto::judge::teacher
