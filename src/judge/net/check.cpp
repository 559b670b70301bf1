// SPDX-License-Identifier: Apache-2.0
// Admission of a network: shapes first, then interval arithmetic over every possible input. The proof relies on it: a
// `pre` outside its range, or an energy too large for its exponent, would be a song without a witness or with two.
#include <algorithm>
#include <bit>
#include <string>

#include "judge/net/limits.h"
#include "judge/net/network.h"

namespace sotto::judge {
namespace {

using Wide = __int128;

// All integers of [low, high].
struct Interval {
  Wide low = 0, high = 0;
};

Interval operator+(Interval a, Interval b) { return {a.low + b.low, a.high + b.high}; }

// {w * v : v in a}
Interval scaled(int64_t w, Interval a) {
  const Wide p = Wide{w} * a.low, q = Wide{w} * a.high;
  return {std::min(p, q), std::max(p, q)};
}

// {v * v : v in a}
Interval squared(Interval a) {
  const Wide p = a.low * a.low, q = a.high * a.high;
  const bool has_zero = a.low <= 0 && a.high >= 0;
  return {has_zero ? 0 : std::min(p, q), std::max(p, q)};
}

std::string at(const char* what, size_t index) { return std::string(what) + " " + std::to_string(index); }

Error refused(const std::string& why) { return input_error("judge refused: " + why); }

template <class T>
Status check_size(const std::vector<T>& v, uint64_t expected, const std::string& name) {
  if (v.size() == expected) return ok_status();
  return refused(name + " has " + std::to_string(v.size()) + " entries, the shape asks for " + std::to_string(expected));
}

Status check_limit(uint64_t value, uint64_t low, uint64_t high, const char* name) {
  if (value >= low && value <= high) return ok_status();
  return refused(std::string(name) + " is " + std::to_string(value) + ", allowed are " + std::to_string(low) + " to " +
                 std::to_string(high));
}

Status check_scalars(const Network& net) {
  SOTTO_TRY_STATUS(check_limit(net.range_bits, kMinRangeBits, kMaxRangeBits, "range_bits"));
  SOTTO_TRY_STATUS(check_limit(net.sample_bits, 1, kMaxSampleBits, "sample_bits"));
  SOTTO_TRY_STATUS(check_limit(net.hop_bits, 1, kMaxHopBits, "hop_bits"));
  SOTTO_TRY_STATUS(check_limit(net.samples, 2 * uint64_t{net.hop()}, kMaxSamples, "samples"));
  SOTTO_TRY_STATUS(check_limit(net.bins, 1, kMaxBins, "bins"));
  SOTTO_TRY_STATUS(check_limit(net.bands, 1, kMaxBands, "bands"));
  SOTTO_TRY_STATUS(check_limit(net.log_step, 1, (1u << net.range_bits) - 1, "log_step"));
  SOTTO_TRY_STATUS(check_limit(net.score_unit, 1, kMaxScoreUnit, "score_unit"));
  SOTTO_TRY_STATUS(check_limit(net.conv.size(), 1, kMaxLayers, "number of conv layers"));
  SOTTO_TRY_STATUS(check_limit(net.card.size(), 0, kMaxCard, "length of the card"));
  if (!std::has_single_bit(net.bins)) return refused("bins is not a power of two");
  // No frame may read past the last sample: rows beyond it are unconstrained in the proof.
  if (net.frames != net.samples / net.hop() - 1) {
    return refused("frames is " + std::to_string(net.frames) + ", but the samples hold exactly " +
                   std::to_string(net.samples / net.hop() - 1));
  }
  return ok_status();
}

Status check_conv_shapes(const Network& net) {
  uint32_t frames = net.frames, channels = net.bands;
  for (size_t i = 0; i < net.conv.size(); i++) {
    const ConvLayer& layer = net.conv[i];
    const std::string name = at("conv layer", i);
    if (frames < 4) return refused(name + " has only " + std::to_string(frames) + " input frames, it needs 4");
    if (layer.in_channels != channels) return refused(name + " does not take the channels of the layer before");
    if (layer.out_frames != (frames - 2) / 2) return refused(name + " has a wrong number of output frames");
    SOTTO_TRY_STATUS(check_limit(layer.out_channels, 1, kMaxChannels, "number of channels"));
    SOTTO_TRY_STATUS(check_size(layer.weights, uint64_t{4} * channels * layer.out_channels, name + " weights"));
    SOTTO_TRY_STATUS(check_size(layer.bias, layer.out_channels, name + " bias"));
    frames = layer.out_frames, channels = layer.out_channels;
  }
  return ok_status();
}

Status check_arrays(const Network& net) {
  const uint64_t range = uint64_t{1} << net.range_bits, channels = 2 * uint64_t{net.bins};
  SOTTO_TRY_STATUS(check_size(net.dft, 2 * net.hop() * channels, "dft"));
  SOTTO_TRY_STATUS(check_size(net.dft_bias, channels, "dft_bias"));
  SOTTO_TRY_STATUS(check_size(net.mel, uint64_t{net.bins} * net.bands, "mel"));
  SOTTO_TRY_STATUS(check_size(net.log_table, range / 2, "log_table"));
  SOTTO_TRY_STATUS(check_size(net.act_table, range, "act_table"));
  SOTTO_TRY_STATUS(check_size(net.score_table, range, "score_table"));
  SOTTO_TRY_STATUS(check_size(net.head_mean, net.conv.back().out_channels, "head_mean"));
  SOTTO_TRY_STATUS(check_size(net.head_square, net.conv.back().out_channels, "head_square"));
  for (int32_t w : net.mel)
    if (w < 0) return refused("a mel weight is negative");
  const std::pair<const std::vector<uint32_t>*, const char*> tables[] = {
      {&net.log_table, "log_table"}, {&net.act_table, "act_table"}, {&net.score_table, "score_table"}};
  for (const auto& [table, name] : tables)
    if (*std::max_element(table->begin(), table->end()) >= range)
      return refused(std::string(name) + " has an entry of 2^range_bits or more");
  return ok_status();
}

// [floor((acc + 2^(shift-1)) / 2^shift) + 2^(r-1)] within [0, 2^r) for the whole interval
Status check_pre(Interval acc, unsigned shift, unsigned r, const std::string& name) {
  const Wide half = Wide{1} << (shift - 1), offset = Wide{1} << (r - 1);
  const Wide low = ((acc.low + half) >> shift) + offset, high = ((acc.high + half) >> shift) + offset;
  if (low < 0 || high >= 2 * offset) return refused(name + " can leave its range for some input");
  return ok_status();
}

// D of every channel: fits 63 bits, so that no sum of this file or of trace.cpp can overflow.
Result<std::vector<Interval>> dft_bounds(const Network& net) {
  const Interval sample = {0, (1 << net.sample_bits) - 1};
  const size_t channels = 2 * size_t{net.bins};
  std::vector<Interval> bounds(channels);
  for (size_t c = 0; c < channels; c++) bounds[c] = {net.dft_bias[c], net.dft_bias[c]};
  for (size_t j = 0; j < net.dft.size(); j++) bounds[j % channels] = bounds[j % channels] + scaled(net.dft[j], sample);
  for (size_t c = 0; c < channels; c++) {
    // Samples are not negative, so every partial sum that starts from the bias lies within these bounds too.
    const Wide limit = Wide{1} << 62;
    if (bounds[c].low < -limit || bounds[c].high > limit) return refused(at("dft channel", c) + " does not fit 63 bits");
  }
  return bounds;
}

// m of every band, from the bounds of D. m + 1 <= 2^(4r-1), so that e < 4r and the identity of network.h has a solution.
Result<std::vector<Interval>> energy_bounds(const Network& net, const std::vector<Interval>& dft) {
  const Wide limit = (Wide{1} << (4 * net.range_bits - 1)) - 1;
  std::vector<Interval> bounds(net.bands);
  for (size_t bin = 0; bin < net.bins; bin++) {
    const Interval re = squared(dft[2 * bin]), im = squared(dft[2 * bin + 1]), power = re + im;  // < 2^125
    if (re.high > limit || im.high > limit || power.high > limit)
      return refused(at("the energy of bin", bin) + " can exceed 2^(4r-1) - 1");
    for (size_t b = 0; b < net.bands; b++) bounds[b] = bounds[b] + scaled(net.mel[bin * net.bands + b], power);
  }
  for (size_t b = 0; b < net.bands; b++)
    if (bounds[b].high > limit) return refused(at("the energy of band", b) + " can exceed 2^(4r-1) - 1");
  return bounds;
}

// L = log_step * e + log_table[f], for every f
std::vector<Interval> log_bounds(const Network& net, const std::vector<Interval>& energy) {
  const auto [least, most] = std::minmax_element(net.log_table.begin(), net.log_table.end());
  auto exponent = [](Wide m) { return std::bit_width(static_cast<uint64_t>(m) + 1) - 1; };
  std::vector<Interval> bounds;
  for (const Interval& m : energy) {
    bounds.push_back({Wide{net.log_step} * exponent(m.low) + *least, Wide{net.log_step} * exponent(m.high) + *most});
  }
  return bounds;
}

Status check_conv(const Network& net, size_t index, const std::vector<Interval>& in) {
  const ConvLayer& layer = net.conv[index];
  std::vector<Interval> acc(layer.out_channels);
  for (uint32_t c = 0; c < layer.out_channels; c++) acc[c] = {layer.bias[c], layer.bias[c]};
  for (size_t j = 0; j < layer.weights.size(); j++) {
    Interval& a = acc[j % layer.out_channels];
    a = a + scaled(layer.weights[j], in[j / layer.out_channels % layer.in_channels]);
  }
  for (uint32_t c = 0; c < layer.out_channels; c++) {
    SOTTO_TRY_STATUS(check_pre(acc[c], net.range_bits, net.range_bits,
                               at("conv layer", index) + ", " + at("channel", c)));
  }
  return ok_status();
}

// mean * v + square * v^2 over every v that the activation can take
Status check_head(const Network& net, uint32_t most) {
  Interval acc = {net.head_bias, net.head_bias};
  const uint32_t frames = net.conv.back().out_frames;
  for (size_t c = 0; c < net.head_mean.size(); c++) {
    Interval term;  // v = 0 gives 0
    for (Wide v = 0; v <= most; v++) {
      const Wide value = (net.head_mean[c] + net.head_square[c] * v) * v;
      term = {std::min(term.low, value), std::max(term.high, value)};
    }
    acc = acc + scaled(frames, term);
  }
  return check_pre(acc, 2 * net.range_bits, net.range_bits, "the head");
}

}  // namespace

Status check_network(const Network& net) {
  SOTTO_TRY_STATUS(check_scalars(net));
  SOTTO_TRY_STATUS(check_conv_shapes(net));
  SOTTO_TRY_STATUS(check_arrays(net));
  SOTTO_TRY(auto dft, dft_bounds(net));
  SOTTO_TRY(auto energy, energy_bounds(net, dft));
  const uint32_t most = *std::max_element(net.act_table.begin(), net.act_table.end());
  SOTTO_TRY_STATUS(check_conv(net, 0, log_bounds(net, energy)));
  for (size_t i = 1; i < net.conv.size(); i++) {
    SOTTO_TRY_STATUS(check_conv(net, i, std::vector<Interval>(net.conv[i].in_channels, {0, most})));
  }
  return check_head(net, most);
}

uint32_t max_score(const Network& net) { return *std::max_element(net.score_table.begin(), net.score_table.end()); }

}  // namespace sotto::judge
