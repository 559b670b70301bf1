// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/random_teacher.h"

#include <cmath>
#include <numbers>
#include <string_view>

namespace sotto::judge::teacher {
namespace {

uint64_t mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

uint64_t fnv1a64(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

// Where the values of one name begin.
uint64_t key_of(const std::string& name, uint64_t seed) { return mix(fnv1a64(name) + seed); }
double value_at(uint64_t key, uint64_t i) { return (static_cast<double>(mix(key + i) >> 40) - 8388608.0) / 8388608.0; }

struct Law {
  double centre = 0, spread = 0;
};

// Matrices keep the variance (spread^2 / 3 = 1 / fan-in), norms stay near the identity, and what gates or mixes varies
// enough to matter.
Law law_of(const TensorSpec& t) {
  const auto ends = [&](std::string_view tail) { return t.name.ends_with(tail); };
  if (ends("weight_g")) return {2, 0.5};
  if (ends("grep_a")) return {1, 0.5};
  if (ends("relative_attention_bias.weight") || t.name.starts_with("layer_weights.")) return {0, 1};
  if (ends("bias")) return {0, 0.1};
  if (t.shape.size() == 1) return {1, 0.25};  // the weight of a norm
  uint64_t fan_in = 1;
  for (size_t i = 1; i < t.shape.size(); i++) fan_in *= t.shape[i];
  return {0, std::sqrt(3.0 / static_cast<double>(fan_in))};
}

}  // namespace

Geometry small_geometry() {
  Geometry g;
  for (StemLayer& layer : g.stem) layer.channels = 16;
  g.width = 24, g.ffn = 40, g.heads = 3, g.layers = 2;
  g.pos_kernel = 16, g.pos_groups = 4;
  g.buckets = 32, g.max_distance = 80;
  g.head_layers = 3;
  return g;
}

double random_value(const std::string& name, uint64_t seed, uint64_t i) { return value_at(key_of(name, seed), i); }

std::vector<float> test_signal(size_t samples) {
  std::vector<float> out(samples);
  const uint64_t noise = key_of("signal", 0);
  for (size_t i = 0; i < samples; i++) {
    const double t = static_cast<double>(i) / static_cast<double>(kSampleRate), loud = i / 4000 % 2 == 0 ? 0.4 : 0.1;
    out[i] = static_cast<float>(loud * std::sin(2 * std::numbers::pi * 220 * t) + 0.1 * value_at(noise, i));
  }
  return out;
}

std::map<std::string, FloatTensor> random_teacher(const Geometry& geometry, uint64_t seed) {
  std::map<std::string, FloatTensor> tensors;
  for (const TensorSpec& spec : tensor_list(geometry)) {
    const Law law = law_of(spec);
    const uint64_t key = key_of(spec.name, seed);
    uint64_t size = 1;
    for (uint64_t n : spec.shape) size *= n;
    FloatTensor& tensor = tensors[spec.name];
    tensor.shape = spec.shape;
    tensor.values.resize(size);
    for (uint64_t i = 0; i < size; i++)
      tensor.values[i] = static_cast<float>(law.centre + law.spread * value_at(key, i));
  }
  return tensors;
}

Bytes random_teacher_file(const Geometry& geometry, uint64_t seed) {
  std::map<std::string, std::string> metadata;
  if (!geometry.is_audiobox()) metadata[kGeometryKey] = geometry_text(geometry);
  return encode_safetensors(random_teacher(geometry, seed), metadata);
}

}  // namespace sotto::judge::teacher
