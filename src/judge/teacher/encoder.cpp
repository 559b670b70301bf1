// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/encoder.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "judge/teacher/functions.h"

namespace sotto::judge::teacher {
namespace {

std::string layer_name(size_t layer) { return "wavlm_model.encoder.layers." + std::to_string(layer) + "."; }

// One factor for q, k and v. Queries are divided by √(head width) here instead of at every product.
Factor query_key_value(Weights& weights, const Geometry& g, size_t layer) {
  const float scale = 1 / std::sqrt(static_cast<float>(g.head_width()));
  std::vector<float> all, all_bias;
  for (const char* part : {"q_proj", "k_proj", "v_proj"}) {
    const std::string name = layer_name(layer) + "self_attn." + part;
    const float factor = *part == 'q' ? scale : 1;
    for (float w : weights.floats(name + ".weight")) all.push_back(factor * w);
    for (float b : weights.floats(name + ".bias")) all_bias.push_back(factor * b);
  }
  return Factor(all, 3 * g.width, all_bias);
}

// Sums of four rows: the gate adds the outputs of grep_linear in two groups of four, which is a linear layer of two
// outputs.
std::vector<float> sum_of_four(const std::vector<float>& rows) {
  const size_t width = rows.size() / kGateRows;
  std::vector<float> out(2 * width);
  for (size_t r = 0; r < kGateRows; r++)
    for (size_t i = 0; i < width; i++) out[r / 4 * width + i] += rows[r * width + i];
  return out;
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

void add(std::vector<float>& x, const std::vector<float>& y) {
  for (size_t i = 0; i < x.size(); i++) x[i] += y[i];
}

std::vector<float> product(const Factor& factor, const std::vector<float>& x) {
  const size_t rows = x.size() / factor.depth();
  std::vector<float> y(rows * factor.columns());
  factor.multiply_parallel(x.data(), rows, factor.depth(), y.data(), factor.columns());
  return y;
}

}  // namespace

// The weights are stored as directions v and lengths g, one length per tap:
//   w[o][i][k] = g[k] v[o][i][k] / ‖v[·][·][k]‖
PositionConvolution::PositionConvolution(Weights& weights, const Geometry& g) : width_(g.width), kernel_(g.pos_kernel) {
  const std::string name = "wavlm_model.encoder.pos_conv.0.";
  const auto length = weights.floats(name + "weight_g"), v = weights.floats(name + "weight_v"),
             bias = weights.floats(name + "bias");
  std::vector<double> squares(kernel_);
  for (size_t i = 0; i < v.size(); i++) squares[i % kernel_] += double{v[i]} * double{v[i]};
  const size_t part = width_ / g.pos_groups;
  std::vector<float> w(part * part * kernel_);  // [out][tap][in] of one group
  for (size_t group = 0; group < g.pos_groups; group++) {
    for (size_t o = 0; o < part; o++)
      for (size_t i = 0; i < part; i++)
        for (size_t k = 0; k < kernel_; k++)
          w[(o * kernel_ + k) * part + i] = static_cast<float>(
              double{length[k]} * double{v[((group * part + o) * part + i) * kernel_ + k]} / std::sqrt(squares[k]));
    groups_.emplace_back(w, part, std::span(bias).subspan(group * part, part));
  }
}

std::vector<float> PositionConvolution::run(const std::vector<float>& x) const {
  const size_t frames = x.size() / width_, part = width_ / groups_.size();
  std::vector<float> out(x.size());
  parallel_for(groups_.size(), [&](size_t begin, size_t end, unsigned) {
    // Output t sees the inputs from t - kernel/2 to t + kernel/2 - 1.
    std::vector<float> padded((frames + kernel_ - 1) * part);
    for (size_t group = begin; group < end; group++) {
      for (size_t t = 0; t < frames; t++)
        std::copy_n(x.data() + t * width_ + group * part, part, padded.data() + (t + kernel_ / 2) * part);
      groups_[group].multiply(padded.data(), frames, part, out.data() + group * part, width_);
    }
  });
  gelu(out);
  return out;
}

// n = buckets / 2 for each sign. With n/2 = exact: |Δ| itself below that, then logarithmically up to max_distance. The
// logarithm is taken in single precision, as the model was trained.
size_t relative_bucket(const Geometry& g, ptrdiff_t delta) {
  const size_t n = g.buckets / 2, exact = n / 2, distance = static_cast<size_t>(std::abs(delta));
  const size_t sign = delta > 0 ? n : 0;
  if (distance < exact) return sign + distance;
  const float ratio = std::log(static_cast<float>(distance) / static_cast<float>(exact));
  const float range = static_cast<float>(std::log(static_cast<double>(g.max_distance) / static_cast<double>(exact)));
  const size_t far = exact + static_cast<size_t>(ratio / range * static_cast<float>(n - exact));
  return sign + std::min(far, n - 1);
}

RelativeBias::RelativeBias(Weights& weights, const Geometry& g)
    : frames_(g.frames()), table_(g.heads * (2 * frames_ - 1)) {
  const auto learned = weights.floats(layer_name(0) + "self_attn.relative_attention_bias.weight");  // [bucket][head]
  for (size_t h = 0; h < g.heads; h++)
    for (size_t i = 0; i < 2 * frames_ - 1; i++)
      table_[h * (2 * frames_ - 1) + i] =
          learned[relative_bucket(g, static_cast<ptrdiff_t>(i) - static_cast<ptrdiff_t>(frames_ - 1)) * g.heads + h];
}

EncoderLayer::EncoderLayer(Weights& weights, const Geometry& g, size_t layer)
    : width_(g.width),
      heads_(g.heads),
      query_key_value_(query_key_value(weights, g, layer)),
      out_(weights.linear(layer_name(layer) + "self_attn.out_proj")),
      gate_weights_(sum_of_four(weights.floats(layer_name(layer) + "self_attn.grep_linear.weight"))),
      gate_bias_(sum_of_four(weights.floats(layer_name(layer) + "self_attn.grep_linear.bias"))),
      gate_scale_(weights.floats(layer_name(layer) + "self_attn.grep_a")),
      attention_norm_(weights.norm(layer_name(layer) + "self_attn_layer_norm")),
      first_(weights.linear(layer_name(layer) + "fc1")),
      second_(weights.linear(layer_name(layer) + "fc2")),
      final_norm_(weights.norm(layer_name(layer) + "final_layer_norm")) {
  weights.forget_pages();
}

// (a, b) = σ(grep_linear(x of this head), summed in fours);  gate = a (b · grep_a[head] - 1) + 2
float EncoderLayer::gate(const float* x, size_t head) const {
  const size_t part = width_ / heads_;
  float sum[2] = {gate_bias_[0], gate_bias_[1]};
  for (size_t j = 0; j < 2; j++)
    for (size_t i = 0; i < part; i++) sum[j] += gate_weights_[j * part + i] * x[head * part + i];
  return sigmoid(sum[0]) * (sigmoid(sum[1]) * gate_scale_[head] - 1) + 2;
}

// Per head:  softmax(q kᵀ / √d + gate(query) b[key - query]) v
std::vector<float> EncoderLayer::attention(const std::vector<float>& x, const RelativeBias& bias) const {
  const size_t frames = x.size() / width_, part = width_ / heads_, row = 3 * width_;
  const std::vector<float> qkv = product(query_key_value_, x);
  std::vector<float> mixed(x.size());
  parallel_for(heads_, [&](size_t begin, size_t end, unsigned) {
    std::vector<float> scores(frames * frames);
    for (size_t h = begin; h < end; h++) {
      const float *q = qkv.data() + h * part, *k = q + width_, *v = k + width_;
      Factor(k, frames, part, row, 1).multiply(q, frames, row, scores.data(), frames);
      for (size_t i = 0; i < frames; i++)
        gated_softmax(std::span(scores).subspan(i * frames, frames), gate(x.data() + i * width_, h), bias.row(h, i));
      Factor(v, part, frames, 1, row).multiply(scores.data(), frames, frames, mixed.data() + h * part, width_);
    }
  });
  return product(out_, mixed);
}

// x := LN(x + attention(x));  x := LN(x + fc2(GELU(fc1 x)))
void EncoderLayer::run(std::vector<float>& x, const RelativeBias& bias) const {
  add(x, attention(x, bias));
  layer_norm(x, attention_norm_.weight, attention_norm_.bias);
  std::vector<float> hidden = product(first_, x);
  gelu(hidden);
  add(x, product(second_, hidden));
  layer_norm(x, final_norm_.weight, final_norm_.bias);
}

}  // namespace sotto::judge::teacher
