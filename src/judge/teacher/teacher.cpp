// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/teacher.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "judge/teacher/functions.h"

namespace sotto::judge::teacher {
namespace {

// The frames of a window that hear at least one sample of the clip. Frame i answers for the samples from 320 i to
// 320 i + 319. Frames after them are masked everywhere: as inputs of the position convolution they are zero, as keys
// and in the mean they do not count. So they need not be computed at all.
size_t frames_of(const Geometry& g, size_t samples) {
  const size_t samples_per_frame = kWindow / g.frames();
  return std::min(g.frames(), (samples + samples_per_frame - 1) / samples_per_frame);
}

std::vector<float> mean_of_frames(const std::vector<float>& x, size_t width) {
  std::vector<double> sum(width);
  for (size_t i = 0; i < x.size(); i++) sum[i % width] += double{x[i]};
  const double frames = static_cast<double>(x.size() / width);
  std::vector<float> mean;
  for (double s : sum) mean.push_back(static_cast<float>(s / frames));
  return mean;
}

std::vector<float> softmax(std::vector<float> x) {
  const std::vector<float> zero(x.size());
  gated_softmax(x, 0, zero.data(), CpuPath::kPortable);
  return x;
}

}  // namespace

Result<Teacher> Teacher::load(const std::string& path) {
  SOTTO_TRY(const Safetensors file, Safetensors::open(path));
  return from(file);
}

Result<Teacher> Teacher::from(const Safetensors& file) {
  SOTTO_TRY(const Geometry geometry, geometry_of(file));
  SOTTO_TRY_STATUS(check_tensors(file, geometry));
  Weights weights(file);
  Teacher teacher(weights, geometry);
  if (!weights.not_finite().empty())
    return input_error(file.name() + ": the tensor " + weights.not_finite() +
                       " holds an infinity or a NaN; the file is damaged, get it again (docs/teacher.md)");
  return teacher;
}

Teacher::Teacher(Weights& weights, const Geometry& geometry)
    : geometry_(geometry),
      stem_(weights, geometry),
      position_(weights, geometry),
      encoder_norm_(weights.norm("wavlm_model.encoder.layer_norm")),
      bias_(weights, geometry) {
  for (size_t layer = 0; layer < geometry.layers; layer++) layers_.emplace_back(weights, geometry, layer);
  for (const Axis& axis : kAxisList) heads_.push_back(head_of(weights, geometry, axis.name));
}

Teacher::Head Teacher::head_of(Weights& weights, const Geometry& g, const std::string& axis) {
  const auto part = [&](size_t index) { return "proj_layer." + axis + "." + std::to_string(index); };
  Head head{softmax(weights.floats("layer_weights." + axis)), {}, weights.linear(part(3 * (g.head_layers - 1)))};
  for (size_t i = 0; i + 1 < g.head_layers; i++)
    head.hidden.push_back({weights.linear(part(3 * i)), weights.norm(part(3 * i + 1))});
  return head;
}

std::vector<std::vector<float>> Teacher::pooled_layers(std::span<const float> samples, const Observer& observer) const {
  const auto show = [&](const std::string& stage, const std::vector<float>& x) {
    if (observer) observer(stage, x);
  };
  std::vector<float> window(samples.begin(), samples.end());
  window.resize(kWindow);
  std::vector<float> x = stem_.convolutions(window, frames_of(geometry_, samples.size()));
  show("stem", x);
  x = stem_.project(std::move(x));
  show("projection", x);
  const std::vector<float> position = position_.run(x);
  show("pos_conv", position);
  for (size_t i = 0; i < x.size(); i++) x[i] += position[i];
  layer_norm(x, encoder_norm_.weight, encoder_norm_.bias);
  show("encoder_input", x);
  std::vector<std::vector<float>> pooled = {mean_of_frames(x, geometry_.width)};
  for (size_t i = 0; i < layers_.size(); i++) {
    layers_[i].run(x, bias_);
    show("layer." + std::to_string(i), x);
    pooled.push_back(mean_of_frames(x, geometry_.width));
  }
  return pooled;
}

// The model mixes the layers and then takes the mean over frames; both are linear, so the order does not matter.
std::vector<float> Teacher::embedding(const Head& head, const std::vector<std::vector<float>>& pooled) const {
  std::vector<float> x(geometry_.width);
  for (size_t layer = 0; layer < pooled.size(); layer++)
    for (size_t i = 0; i < x.size(); i++) x[i] += head.mix[layer] * pooled[layer][i];
  const double norm = std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0));
  for (float& v : x) v = static_cast<float>(double{v} / std::max(norm, 1e-12));
  return x;
}

Scores Teacher::judge_window(std::span<const float> samples, const Observer& observer) const {
  SOTTO_CHECK(!samples.empty() && samples.size() <= kWindow);
  const std::vector<std::vector<float>> pooled = pooled_layers(samples, observer);
  Scores raw;
  std::vector<float> shown;
  for (size_t axis = 0; axis < kAxes; axis++) {
    std::vector<float> x = embedding(heads_[axis], pooled), y(geometry_.width);
    if (observer) observer(std::string("embedding.") + kAxisList[axis].name, x);
    for (const Hidden& hidden : heads_[axis].hidden) {
      hidden.linear.multiply(x.data(), 1, x.size(), y.data(), y.size());
      layer_norm(y, hidden.norm.weight, hidden.norm.bias);
      gelu(y);
      x.swap(y);
    }
    float out = 0;
    heads_[axis].last.multiply(x.data(), 1, x.size(), &out, 1);
    shown.push_back(out);
    raw[axis] = double{out};
  }
  if (observer) observer("raw", shown);
  return raw;
}

Scores Teacher::judge(std::span<const float> clip) const {
  SOTTO_CHECK(!clip.empty());
  Scores sum = {};
  for (size_t begin = 0; begin < clip.size(); begin += kWindow) {
    const auto window = clip.subspan(begin, std::min(kWindow, clip.size() - begin));
    const Scores raw = judge_window(window);
    const double share = static_cast<double>(window.size()) / static_cast<double>(clip.size());
    for (size_t axis = 0; axis < kAxes; axis++)
      sum[axis] += share * (raw[axis] * kAxisList[axis].deviation + kAxisList[axis].mean);
  }
  return sum;
}

}  // namespace sotto::judge::teacher
