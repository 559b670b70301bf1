// SPDX-License-Identifier: Apache-2.0
#include "judge/train/quantise.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace sotto::judge::train {
namespace {

// out_int = out_float * cap / kActivationCap in every layer, so that the clamp of training is the clamp of the table.
//   acc = 2^r * scale * (sum w (L - mean) / s + b) in the first layer, 2^r * (sum w out_int + scale b) in the others
void add_conv(Network& net, const FloatModel& model, size_t index, double scale) {
  const FloatConv& from = model.conv[index];
  const double unit = std::ldexp(1.0, static_cast<int>(net.range_bits));
  const uint32_t frames = index == 0 ? net.frames : net.conv.back().out_frames;
  ConvLayer to{from.in_channels, from.out_channels, (frames - 2) / 2, {}, {}};
  for (float b : from.bias) to.bias.push_back(std::llround(double{b} * scale * unit));
  const double factor = index == 0 ? unit * scale / double{model.input_scale} : unit;
  std::vector<double> centre(to.out_channels, 0);
  for (size_t j = 0; j < from.weights.size(); j++) {
    to.weights.push_back(static_cast<int32_t>(std::lround(double{from.weights[j]} * factor)));
    const size_t k = j / to.out_channels % to.in_channels;
    if (index == 0) centre[j % to.out_channels] += to.weights.back() * double{model.input_mean[k]};
  }
  for (size_t c = 0; c < centre.size(); c++) to.bias[c] -= std::llround(centre[c]);
  net.conv.push_back(std::move(to));
}

// The head's pre is an affine image of the logit that spreads all values the activations can produce over the range:
//   pre - 2^(r-1) = H * (logit - centre)
void add_head(Network& net, const FloatModel& model, double scale) {
  double low = 0, high = 0;
  for (size_t c = 0; c < model.head_mean.size(); c++) {
    double least = 0, most = 0;
    for (int v = 0; v <= 1000; v++) {
      const double x = v * double{kActivationCap} / 1000;
      const double y = (double{model.head_mean[c]} + double{model.head_square[c]} * x) * x;
      least = std::min(least, y), most = std::max(most, y);
    }
    low += least, high += most;
  }
  const double range = std::ldexp(1.0, static_cast<int>(net.range_bits));
  const double gain = 0.98 * range / (high - low), unit = gain * range * range / net.conv.back().out_frames;
  for (size_t c = 0; c < model.head_mean.size(); c++) {
    net.head_mean.push_back(static_cast<int32_t>(std::lround(double{model.head_mean[c]} * unit / scale)));
    net.head_square.push_back(static_cast<int32_t>(std::lround(double{model.head_square[c]} * unit / (scale * scale))));
  }
  // logit - centre without the bias of the logit, which only shifts: centre = head_bias + (low + high) / 2
  net.head_bias = std::llround(-(low + high) / 2 * gain * range * range);
}

Network with_cap(const Network& front_end, const FloatModel& model, uint32_t cap) {
  Network net = front_end;
  const double scale = cap / double{kActivationCap};
  for (size_t i = 0; i < model.conv.size(); i++) add_conv(net, model, i, scale);
  add_head(net, model, scale);
  const int64_t range = int64_t{1} << net.range_bits;
  for (int64_t pre = 0; pre < range; pre++)
    net.act_table.push_back(static_cast<uint32_t>(std::clamp<int64_t>(pre - range / 2, 0, cap)));
  net.score_table.assign(static_cast<size_t>(range), 0);
  return net;
}

}  // namespace

Network quantise(const Network& front_end, const FloatModel& model) {
  // The bounds grow with the cap: the largest that is admitted is found from above, in steps of 1 %.
  for (uint32_t cap = (1u << (front_end.range_bits - 1)) - 1; cap >= 64; cap -= cap / 100 + 1) {
    Network net = with_cap(front_end, model, cap);
    if (check_network(net).ok()) return net;
  }
  SOTTO_CHECK(!"no scale keeps the network within its ranges");
  return front_end;
}

void calibrate(Network& net, const Calibration& points) {
  for (size_t pre = 0; pre < net.score_table.size(); pre++) {
    const double x = static_cast<double>(pre);
    double score = points.back().second;
    if (x <= points.front().first) score = points.front().second;
    for (size_t k = 1; k < points.size() && x > points.front().first; k++)
      if (x <= points[k].first) {
        const auto& [x0, y0] = points[k - 1];
        const auto& [x1, y1] = points[k];
        score = y0 + (y1 - y0) * (x - x0) / (x1 - x0);
        break;
      }
    net.score_table[pre] = static_cast<uint32_t>(std::lround(score * net.score_unit));
  }
}

}  // namespace sotto::judge::train
