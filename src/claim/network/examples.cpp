// SPDX-License-Identifier: Apache-2.0
#include "claim/network/examples.h"

#include <cmath>
#include <numbers>

#include "base/split_mix.h"

namespace sotto::claim::network {

uint64_t SplitMix::next() {
  const uint64_t v = split_mix(state_);
  state_ += kSplitMixStep;
  return v;
}

double SplitMix::normal() {
  const auto uniform = [&] { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; };
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

Result<Mlp> make_mlp(uint32_t in, uint32_t hidden, uint32_t out, uint64_t seed) {
  SplitMix random(seed);
  const auto layer = [&](uint32_t from, uint32_t to) {
    DenseLayer d{from, to, {}, {}, 8, false};
    for (uint64_t i = 0; i < uint64_t{from} * to; i++) d.weights.push_back(static_cast<int8_t>(random.next()));
    for (uint32_t i = 0; i < to; i++) d.bias.push_back(static_cast<int16_t>(random.next()));
    return d;
  };
  const DenseLayer first = layer(in, hidden), second = layer(hidden, out);
  Mlp mlp;
  for (uint32_t i = 0; i < in; i++) mlp.input.push_back(static_cast<uint8_t>(random.next()));
  NetworkBuilder b;
  const Tensor pixels = b.bytes(in), h = b.dense_relu(pixels, first), y = b.dense_wide(h, second);
  b.output(y, out);
  SOTTO_TRY(mlp.network, b.finish());
  return mlp;
}

// ---- GPT

namespace {

constexpr double kEpsilon = 1e-5, kMasked = -10;

double gelu(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

// Rows of x times the transpose of w (out x in).
std::vector<double> times(const std::vector<double>& x, const std::vector<double>& w, size_t in) {
  const size_t rows = x.size() / in, out = w.size() / in;
  std::vector<double> y(rows * out);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < out; k++)
      for (size_t l = 0; l < in; l++) y[i * out + k] += x[i * in + l] * w[k * in + l];
  return y;
}

std::vector<double> normalised(const std::vector<double>& x, const std::vector<double>& gain) {
  const size_t n = gain.size();
  std::vector<double> y(x.size());
  for (size_t row = 0; row < x.size(); row += n) {
    double mean = 0, variance = 0;
    for (size_t k = 0; k < n; k++) mean += x[row + k] / static_cast<double>(n);
    for (size_t k = 0; k < n; k++) variance += (x[row + k] - mean) * (x[row + k] - mean) / static_cast<double>(n);
    for (size_t k = 0; k < n; k++) y[row + k] = gain[k] * (x[row + k] - mean) / std::sqrt(variance + kEpsilon);
  }
  return y;
}

void add(std::vector<double>& x, const std::vector<double>& y) {
  for (size_t i = 0; i < x.size(); i++) x[i] += y[i];
}

// Causal attention over rows of q, k, v.
std::vector<double> attention(const GptShape& s, const std::vector<double>& q, const std::vector<double>& k,
                              const std::vector<double>& v) {
  const size_t width = size_t{1} << s.width_bits, positions = size_t{1} << s.position_bits, part = width >> s.head_bits;
  std::vector<double> out(q.size()), share(positions);
  for (size_t h = 0; h < width; h += part)
    for (size_t i = 0; i < positions; i++) {
      double total = 0;
      for (size_t j = 0; j < positions; j++) {
        double score = 0;
        for (size_t d = h; d < h + part; d++) score += q[i * width + d] * k[j * width + d];
        total += share[j] = std::exp(j > i ? kMasked : score / std::sqrt(static_cast<double>(part)));
      }
      for (size_t j = 0; j < positions; j++)
        for (size_t d = h; d < h + part; d++) out[i * width + d] += share[j] / total * v[j * width + d];
    }
  return out;
}

}  // namespace

Gpt Gpt::random(const GptShape& s, uint64_t seed) {
  SplitMix random(seed);
  const auto normal = [&](size_t count, double deviation, double mean = 0) {
    std::vector<double> v(count);
    for (double& x : v) x = mean + deviation * random.normal();
    return v;
  };
  const size_t width = size_t{1} << s.width_bits, hidden = size_t{1} << s.hidden_bits;
  const double small = 0.02 / std::sqrt(2.0 * s.layers);
  Gpt g;
  g.shape = s;
  g.token = normal(s.vocabulary * width, 0.02);
  g.position = normal(width << s.position_bits, 0.02);
  g.gain = normal(width, 0.1, 1);
  for (unsigned i = 0; i < s.layers; i++)
    g.layer.push_back({normal(width, 0.1, 1), normal(width * width, 0.02), normal(width * width, 0.02),
                       normal(width * width, 0.02), normal(width * width, small), normal(width, 0.1, 1),
                       normal(hidden * width, 0.02), normal(width * hidden, small)});
  return g;
}

std::vector<double> Gpt::logits(std::span<const uint32_t> tokens) const {
  const size_t width = size_t{1} << shape.width_bits, hidden = size_t{1} << shape.hidden_bits;
  std::vector<double> x = position;
  for (size_t i = 0; i < tokens.size(); i++)
    for (size_t k = 0; k < width; k++) x[i * width + k] += token[tokens[i] * width + k];
  for (const Layer& l : layer) {
    const std::vector<double> y = normalised(x, l.gain1);
    add(x, times(attention(shape, times(y, l.query, width), times(y, l.key, width), times(y, l.value, width)),
                 l.attended, width));
    std::vector<double> h = times(normalised(x, l.gain2), l.hidden, width);
    for (double& v : h) v = gelu(v);
    add(x, times(h, l.back, hidden));
  }
  return times(normalised(x, gain), token, width);
}

namespace {

// Binary places: of the residual stream, of what normalisation gives and projections keep, of scores and the hidden
// layer.
constexpr unsigned kStream = 13, kValue = 12, kScore = 11, kHidden = 11;

int64_t fixed(double v, unsigned bits) { return std::llround(std::ldexp(v, static_cast<int>(bits))); }

// A matrix (out x in) from values of `from` binary places to `to`, whose inputs are multiplied by `gain` first (the
// gains of the normalisation before it). Its weights have as many places as the widest shift leaves them.
DenseLayer matrix(const std::vector<double>& w, size_t in, const std::vector<double>& gain, unsigned from,
                  unsigned to) {
  DenseLayer d{static_cast<uint32_t>(in), static_cast<uint32_t>(w.size() / in), {}, {}, kCellBits, true};
  for (size_t i = 0; i < w.size(); i++)
    d.weights.push_back(static_cast<int32_t>(fixed(w[i] * (gain.empty() ? 1 : gain[i % in]), kCellBits + to - from)));
  return d;
}

}  // namespace

Result<Network> Gpt::quantised() const {
  const size_t width = size_t{1} << shape.width_bits, hidden = size_t{1} << shape.hidden_bits;
  const double n = static_cast<double>(width), unit = std::ldexp(1.0, kStream);
  const int64_t epsilon = std::llround(kEpsilon * n * n * unit * unit);
  // Queries and keys have kValue places each, scores kScore, and are divided by the root of a head's width.
  const unsigned head = shape.width_bits - shape.head_bits, score_shift = 2 * kValue - kScore + head / 2;
  if (head % 2) return input_error("heads have a width of 4, 16 or 64");

  NetworkBuilder b;
  const Tensor tokens = b.tokens(shape.position_bits, shape.vocabulary);
  const uint32_t curve = b.table([](int64_t cell) {
    return fixed(gelu(std::ldexp(static_cast<double>(cell - (1 << 15)), -static_cast<int>(kHidden))), kValue);
  });
  DenseLayer embedding{static_cast<uint32_t>(width), shape.vocabulary, {}, {}, 0, false};
  for (double v : token) embedding.weights.push_back(static_cast<int32_t>(fixed(v, kStream)));
  std::vector<int64_t> places;
  for (double v : position) places.push_back(fixed(v, kStream));
  std::vector<Tensor> stream{b.embed(tokens, embedding, places)};
  for (const Layer& l : layer) {
    const auto first = b.normalise(stream, epsilon);
    const auto project = [&](const std::vector<double>& w) {
      return b.dense(first.result, matrix(w, width, l.gain1, kValue, kValue));
    };
    const Tensor q = project(l.query), k = project(l.key), v = project(l.value);
    const Tensor shares =
        b.softmax(b.scores(q, k, shape.head_bits, score_shift), shape.head_bits, kScore, fixed(kMasked, kScore));
    const Tensor attended = b.dense(b.mix(shares, v, shape.head_bits), matrix(l.attended, width, {}, kValue, kStream));
    const auto second = b.normalise({first.sum, attended}, epsilon);
    const Tensor h = b.dense_table(second.result, matrix(l.hidden, width, l.gain2, kValue, kHidden), curve);
    stream = {second.sum, b.dense(h, matrix(l.back, hidden, {}, kValue, kStream))};
  }
  const Tensor last = b.normalise(stream, epsilon).result;
  b.output(b.dense(last, matrix(token, width, gain, kValue, kLogitBits)), shape.vocabulary);
  SOTTO_TRY(Network network, b.finish());
  network.weight_count -= token.size();  // the output layer's are those of the embedding
  return network;
}

}  // namespace sotto::claim::network
