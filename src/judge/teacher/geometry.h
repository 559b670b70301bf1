// SPDX-License-Identifier: Apache-2.0
// The shape of the teacher: Audiobox Aesthetics (WavLM-base, four heads), and the list of its tensors, written once.
// The shape is a parameter so that a cut-down model of the same structure can be tested in milliseconds.
// Source: github.com/facebookresearch/audiobox-aesthetics, the configuration of its published checkpoint.
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/teacher/safetensors.h"

namespace sotto::judge::teacher {

inline constexpr size_t kSampleRate = 16000;
inline constexpr size_t kWindow = 10 * kSampleRate;  // samples that the model hears at once

inline constexpr size_t kAxes = 4;
struct Axis {
  const char* name;
  double mean, deviation;  // score = deviation * (output of the head) + mean
};
inline constexpr std::array<Axis, kAxes> kAxisList = {{
    {"CE", 5.06865, 1.93029},  // content enjoyment
    {"CU", 5.73633, 1.75669},  // content usefulness
    {"PC", 3.18591, 1.86637},  // production complexity
    {"PQ", 6.57505, 1.51466},  // production quality
}};

struct StemLayer {
  size_t channels, kernel, stride;
  bool operator==(const StemLayer&) const = default;
};

struct Geometry {
  std::vector<StemLayer> stem = {{512, 10, 5}, {512, 3, 2}, {512, 3, 2}, {512, 3, 2},
                                 {512, 3, 2},  {512, 2, 2}, {512, 2, 2}};
  size_t width = 768, ffn = 3072, heads = 12, layers = 12;
  size_t pos_kernel = 128, pos_groups = 16;
  size_t buckets = 320, max_distance = 800;  // of relative positions
  size_t head_layers = 5;                    // linear layers of a head
  bool operator==(const Geometry&) const = default;

  size_t head_width() const { return width / heads; }
  size_t frames() const;  // of a whole window: 499
  bool is_audiobox() const { return *this == Geometry{}; }
};

inline constexpr size_t kGateRows = 8;  // outputs of grep_linear: two groups of four, summed

struct TensorSpec {
  std::string name;
  std::vector<uint64_t> shape;
};
// All tensors of a model of this shape; 324 for Audiobox.
std::vector<TensorSpec> tensor_list(const Geometry& geometry);

// The shape of a file: Audiobox's, unless the metadata names another one under kGeometryKey (cut-down models do).
inline constexpr const char* kGeometryKey = "sotto_geometry";
std::string geometry_text(const Geometry& geometry);
Result<Geometry> geometry_of(const Safetensors& file);

// Every tensor is there, of the right shape, F32, and none beside them. Otherwise: which, what was found, what to do.
Status check_tensors(const Safetensors& file, const Geometry& geometry);

}  // namespace sotto::judge::teacher
