// SPDX-License-Identifier: Apache-2.0
#include "judge/import/quantise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "judge/eval/metrics.h"
#include "judge/net/fast_conv.h"
#include "judge/net/scorer.h"

namespace sotto::judge {
namespace {

// How integers stand for values. Table entries are x = (v + shift) * scale for v in [-shift, high]; a layer's `pre` is
// 2^(r-1) + gain * (what the activation is applied to).
struct LayerScale {
  double shift = 0, scale = 1, gain = 1, high = 0;
};

// The integers of one attempt to fit the ranges.
struct Attempt {
  Network net;
  std::vector<LayerScale> scales;
  double head_gain = 0, head_centre = 0;  // pre of the head = 2^(r-1) + head_gain * (output - head_centre)
};

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  void add(double v) { low = std::min(low, v), high = std::max(high, v); }
};

// The float values of all samples: per layer their extent, per sample what the report compares.
struct FloatRun {
  std::vector<Extent> extents;
  std::vector<double> outputs;
};

std::vector<double> as_doubles(const std::vector<uint32_t>& v) { return {v.begin(), v.end()}; }

FloatRun run_floats(const FloatNet& model, const ImportSamples& samples) {
  FloatRun run;
  run.extents.resize(model.layers.size());
  for (const auto& features : samples.features) {
    const auto values = layer_values(model, as_doubles(features));
    for (size_t i = 0; i < values.size(); i++)
      for (const double v : values[i]) run.extents[i].add(v);
    run.outputs.push_back(head_value(model, values.back()));
  }
  return run;
}

// The int32 and int64 ranges of the file format, with room for check_network to say no.
bool fits32(double v) { return std::abs(v) <= INT32_MAX; }
bool fits64(double v) { return std::abs(v) < 4e18; }

class Quantiser {
 public:
  Quantiser(const FloatNet& model, const Network& front_end, const FloatRun& run) : model_(model), front_(front_end), run_(run) {
    front_.conv.clear();
    front_.act_table.clear(), front_.head_mean.clear(), front_.head_square.clear();
  }

  // The largest scale that check_network admits, to 1 %: bounds grow with it.
  Result<Attempt> fit() const {
    double good = 16, bad = std::ldexp(1.0, static_cast<int>(front_.range_bits) - 1);
    std::string why;
    std::optional<Attempt> best = admitted(good, why);
    if (!best)
      return input_error("the model does not fit a judge's integers at any scale (" + why + "); train with weight decay, or with Clip for Relu");
    while (bad > 1.01 * good) {
      const double middle = std::sqrt(good * bad);
      auto attempt = admitted(middle, why);
      (attempt ? good : bad) = middle;
      if (attempt) best = std::move(attempt);
    }
    return *std::move(best);
  }

 private:
  std::optional<Attempt> admitted(double cap, std::string& why) const {
    Attempt attempt;
    if (!build(cap, attempt)) {
      why = "a weight has more than 32 bits";
      return {};
    }
    const Status status = check_network(attempt.net);
    if (status.ok()) return attempt;
    why = status.error().message;
    return {};
  }

  // `cap`: the largest table entry of a ramp; for other activations, the scale of pre follows from it.
  bool build(double cap, Attempt& out) const {
    out.net = front_;
    out.scales = scales(cap);
    LayerScale in{0, 1, 1, 0};  // L is its own integer
    for (size_t i = 0; i < model_.layers.size(); i++) {
      if (!add_layer(model_.layers[i], in, out.scales[i], out.net)) return false;
      in = out.scales[i];
    }
    fill_table(cap, out);
    return add_head(out);
  }

  // A ramp scales with its input, so every layer has its own scale, and the table clamps all of them at `cap`. Any other
  // activation is one function of one scale; its table spans what the songs reached in any layer.
  std::vector<LayerScale> scales(double cap) const {
    const Activation& f = model_.activation;
    std::vector<LayerScale> out;
    if (f.is_ramp) {
      for (const Extent& e : run_.extents) {
        const double high = std::isinf(f.high) ? std::max(e.high, 1e-6) : f.high;
        out.push_back({0, cap / high, cap / high, high});
      }
      return out;
    }
    Extent all;
    for (const Extent& e : run_.extents) all.add(e.low), all.add(e.high);
    const double low = std::isinf(f.low) ? all.low : f.low, high = std::max(std::isinf(f.high) ? all.high : f.high, low + 1e-6);
    const double half = std::ldexp(1.0, static_cast<int>(front_.range_bits) - 1);
    // Where |gain * x| would reach 2^(r-1), check_network refuses; the search over `cap` lowers the gain until it does not.
    const double gain = cap / kLeastReach;
    out.assign(run_.extents.size(), {-low, (half - 1) / (high - low), gain, high});
    return out;
  }

  // acc = 2^r gain (sum w v + b) with v = x / scale - shift
  bool add_layer(const FloatLayer& from, const LayerScale& in, const LayerScale& own, Network& net) const {
    const double unit = std::ldexp(own.gain, static_cast<int>(net.range_bits));
    const uint32_t frames = net.conv.empty() ? net.frames : net.conv.back().out_frames;
    ConvLayer to{static_cast<uint32_t>(from.in), static_cast<uint32_t>(from.out), (frames - 2) / 2, {}, {}};
    std::vector<double> centre(from.out, 0);
    for (size_t j = 0; j < from.weights.size(); j++) {
      const double w = std::round(from.weights[j] * unit / in.scale);
      if (!fits32(w)) return false;
      to.weights.push_back(static_cast<int32_t>(w));
      centre[j % from.out] += w * in.shift * in.scale;
    }
    for (size_t c = 0; c < from.out; c++) {
      const double b = std::round(from.bias[c] * unit - centre[c]);
      if (!fits64(b)) return false;
      to.bias.push_back(static_cast<int64_t>(b));
    }
    net.conv.push_back(std::move(to));
    return true;
  }

  void fill_table(double cap, Attempt& out) const {
    const int64_t range = int64_t{1} << front_.range_bits;
    const LayerScale& s = out.scales.front();
    for (int64_t pre = 0; pre < range; pre++) {
      const double x = static_cast<double>(pre - range / 2);
      const double v = model_.activation.is_ramp ? std::clamp(x, 0.0, std::floor(cap))
                                                 : (std::clamp(model_.activation.value(x / s.gain), -s.shift, s.high) + s.shift) * s.scale;
      out.net.act_table.push_back(static_cast<uint32_t>(std::lround(v)));
    }
  }

  // The output over x, the integers of the last layer: q x^2 + m x per channel and frame, and a constant.
  bool add_head(Attempt& out) const {
    const LayerScale& s = out.scales.back();
    const double most = *std::max_element(out.net.act_table.begin(), out.net.act_table.end());
    std::vector<double> q, m;
    double constant = model_.head.offset, low = 0, high = 0;
    for (size_t c = 0; c < model_.head.linear.size(); c++) {
      const double square = model_.head.square[c], linear = model_.head.linear[c];
      q.push_back(square / (s.scale * s.scale));
      m.push_back((linear - 2 * square * s.shift) / s.scale);
      constant += (square * s.shift - linear) * s.shift;
      Extent term;
      const double peak = q.back() != 0 ? std::clamp(-m.back() / (2 * q.back()), 0.0, most) : 0;
      for (const double x : {0.0, most, peak}) term.add((q.back() * x + m.back()) * x);
      low += term.low, high += term.high;
    }
    const double range = std::ldexp(1.0, static_cast<int>(front_.range_bits)), frames = out.net.conv.back().out_frames;
    // The largest gain that the worst case and the width of the weights leave.
    double gain = 0.98 * range / std::max(high - low, 1e-9);
    double largest = 0;
    for (size_t c = 0; c < q.size(); c++) largest = std::max({largest, std::abs(q[c]), std::abs(m[c])});
    if (largest > 0) gain = std::min(gain, 0.99 * INT32_MAX * frames / (largest * range * range));
    const double unit = gain * range * range / frames;
    for (size_t c = 0; c < q.size(); c++) {
      out.net.head_square.push_back(static_cast<int32_t>(std::lround(q[c] * unit)));
      out.net.head_mean.push_back(static_cast<int32_t>(std::lround(m[c] * unit)));
    }
    const double bias = -(low + high) / 2 * gain * range * range;
    if (!fits64(bias)) return false;
    out.net.head_bias = std::llround(bias);
    out.head_gain = gain;
    out.head_centre = constant + (low + high) / 2;
    out.net.score_table.assign(static_cast<size_t>(range), 0);
    return true;
  }

  static constexpr double kLeastReach = 2;  // pre spans at least -2 .. 2, where activations bend

  const FloatNet& model_;
  Network front_;
  const FloatRun& run_;
};

// Integers and floats side by side, over all samples.
class Comparison {
 public:
  void add(double value, double got, bool clamped) {
    values_.push_back(value), got_.push_back(got);
    clamped_ += clamped;
  }
  LayerError finish(std::string name) const {
    LayerError out{std::move(name), 0, 0, 0, 0, 0};
    for (size_t i = 0; i < values_.size(); i++) {
      const double error = got_[i] - values_[i];
      out.rms += values_[i] * values_[i];
      out.error_rms += error * error;
      out.error_max = std::max(out.error_max, std::abs(error));
    }
    const double n = static_cast<double>(values_.size());
    out.rms = std::sqrt(out.rms / n), out.error_rms = std::sqrt(out.error_rms / n);
    out.clamped = static_cast<double>(clamped_) / n;
    out.pearson = pearson(values_, got_);
    return out;
  }

 private:
  std::vector<double> values_, got_;
  size_t clamped_ = 0;
};

std::vector<LayerError> compare(const FloatNet& model, const Attempt& attempt, const ImportSamples& samples, const Scorer& scorer) {
  const uint64_t most_input = uint64_t{attempt.net.log_step} * 4 * attempt.net.range_bits + (uint64_t{1} << attempt.net.range_bits);
  const uint64_t most = *std::max_element(attempt.net.act_table.begin(), attempt.net.act_table.end());
  std::vector<FastConv> convs;
  for (size_t i = 0; i < model.layers.size(); i++) convs.emplace_back(attempt.net, i, i == 0 ? most_input : most, default_cpu_path());
  std::vector<Comparison> layers(model.layers.size() + 1);
  const double half = std::ldexp(1.0, static_cast<int>(attempt.net.range_bits) - 1);
  for (const auto& features : samples.features) {
    const auto values = layer_values(model, as_doubles(features));
    std::vector<uint32_t> x = features;
    for (size_t i = 0; i < values.size(); i++) {
      x = convs[i].apply(x);
      const LayerScale& s = attempt.scales[i];
      for (size_t j = 0; j < x.size(); j++)
        layers[i].add(values[i][j], x[j] / s.scale - s.shift, values[i][j] > s.high * (1 + 1e-9) + 1e-9 || values[i][j] < -s.shift - 1e-9);
    }
    const double output = (scorer.head_of(features) - half) / attempt.head_gain + attempt.head_centre;
    layers.back().add(head_value(model, values.back()), output, false);
  }
  std::vector<LayerError> out;
  for (size_t i = 0; i < model.layers.size(); i++) out.push_back(layers[i].finish(model.layers[i].node));
  out.push_back(layers.back().finish("output"));
  return out;
}

using Points = std::vector<std::pair<double, double>>;  // output -> score, ascending

Result<Points> points_of(const FloatNet& model, const FloatRun& run, const ImportSamples& samples,
                         const std::optional<std::pair<double, double>>& range) {
  const auto last = [&](double y) { return model.last.name.empty() ? y : model.last.value(y); };
  if (range) {
    Points points;  // follows the model's last activation from 0 to 10
    if (!(range->second > range->first)) return usage_error("the range of scores must ascend");
    if (model.last.name.empty()) return Points{{range->first, 0}, {range->second, 10}};
    Extent e;
    for (double y : run.outputs) e.add(y);
    const double margin = (e.high - e.low) / 2 + 1e-6;
    for (int k = 0; k <= 200; k++) {
      const double y = e.low - margin + (e.high - e.low + 2 * margin) * k / 200;
      points.push_back({y, std::clamp(10 * (last(y) - range->first) / (range->second - range->first), 0.0, 10.0)});
    }
    return points;
  }
  if (samples.human == 0 || samples.human == run.outputs.size())
    return input_error("scores are set by songs of people and random programs; the corpus gave none of one kind. Give --range LOW,HIGH");
  const auto middle = run.outputs.begin() + static_cast<std::ptrdiff_t>(samples.human);
  const std::vector<double> human(run.outputs.begin(), middle), others(middle, run.outputs.end());
  const double low = percentile(others, 0.05), median = percentile(human, 0.5), top = percentile(human, 0.999);
  if (!(percentile(others, 0.5) < median && low < median && median < top))
    return input_error("the model does not rank songs of people above random programs; turn its sign, or give --range LOW,HIGH");
  return Points{{low - (median - low) / 9, 0}, {median, 5}, {top, 10}};
}

double interpolate(const Points& points, double x) {
  if (x <= points.front().first) return points.front().second;
  for (size_t k = 1; k < points.size(); k++) {
    const auto& [x0, y0] = points[k - 1];
    const auto& [x1, y1] = points[k];
    if (x <= x1) return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
  }
  return points.back().second;
}

}  // namespace

Result<Imported> quantise(const FloatNet& model, const Network& front_end, const ImportSamples& samples,
                          const std::optional<std::pair<double, double>>& range) {
  if (samples.features.empty()) return input_error("no song of the corpus compiles: nothing to choose scales on");
  const FloatRun run = run_floats(model, samples);
  SOTTO_TRY(const Points points, points_of(model, run, samples, range));
  SOTTO_TRY(Attempt attempt, Quantiser(model, front_end, run).fit());
  Network& net = attempt.net;
  const double half = std::ldexp(1.0, static_cast<int>(net.range_bits) - 1);
  for (size_t pre = 0; pre < net.score_table.size(); pre++) {
    const double output = (static_cast<double>(pre) - half) / attempt.head_gain + attempt.head_centre;
    net.score_table[pre] = static_cast<uint32_t>(std::lround(interpolate(points, output) * net.score_unit));
  }
  SOTTO_TRY_STATUS(check_network(net));
  Imported out;
  out.layers = compare(model, attempt, samples, Scorer(net));
  out.score_low = points.front().first, out.score_high = points.back().first;
  out.net = std::move(net);
  return out;
}

}  // namespace sotto::judge
