// SPDX-License-Identifier: Apache-2.0
// The slow twin: the formulas of network.h in order, one value at a time, in exact 64- and 128-bit arithmetic.
#include <bit>

#include "base/check.h"
#include "judge/net/network.h"

namespace sotto::judge {
namespace {

using Wide = __int128;
using UWide = unsigned __int128;

// D[i][c] = sum_{d<2, l<hop} dft[d][l][c] * x[hop(i+d) + l] + dft_bias[c]
void trace_dft(const Network& net, const std::vector<uint8_t>& x, Trace& out) {
  const size_t hop = net.hop(), channels = 2 * size_t{net.bins};
  out.dft.resize(net.frames * channels);
  for (size_t i = 0; i < net.frames; i++) {
    for (size_t c = 0; c < channels; c++) out.dft[i * channels + c] = net.dft_bias[c];
    for (size_t l = 0; l < 2 * hop; l++)  // rows d = 0 and d = 1 follow each other, and so do the samples
      for (size_t c = 0; c < channels; c++)
        out.dft[i * channels + c] += int64_t{net.dft[l * channels + c]} * x[hop * i + l];
  }
}

// (m + 1) * 2^(5r-1-e) = (2^(r-1) + f) * 2^(4r) + rest
void trace_log(const Network& net, Trace& out) {
  const unsigned r = net.range_bits;
  const size_t n = out.energy.size();
  out.exponent.resize(n), out.mantissa.resize(n), out.rest.resize(n), out.log_value.resize(n);
  for (size_t j = 0; j < n; j++) {
    const uint64_t plus_one = out.energy[j] + 1;
    const unsigned e = static_cast<unsigned>(std::bit_width(plus_one)) - 1;
    const UWide scaled = UWide{plus_one} << (5 * r - 1 - e);
    const UWide mask = (UWide{1} << (4 * r)) - 1;
    out.exponent[j] = e;
    out.mantissa[j] = static_cast<uint32_t>(scaled >> (4 * r)) - (1u << (r - 1));
    out.rest[j] = static_cast<uint64_t>(scaled & mask);
    out.log_value[j] = net.log_table[out.mantissa[j]];
  }
}

// m[i][b] = sum_bin mel[bin][b] * (re^2 + im^2)
void trace_energy(const Network& net, Trace& out) {
  out.energy.assign(size_t{net.frames} * net.bands, 0);
  for (size_t i = 0; i < net.frames; i++)
    for (size_t bin = 0; bin < net.bins; bin++) {
      const int64_t re = out.dft[(i * net.bins + bin) * 2], im = out.dft[(i * net.bins + bin) * 2 + 1];
      const uint64_t power = static_cast<uint64_t>(re * re) + static_cast<uint64_t>(im * im);
      for (size_t b = 0; b < net.bands; b++)
        out.energy[i * net.bands + b] += power * static_cast<uint64_t>(net.mel[bin * net.bands + b]);
    }
}

// 2^shift * (pre - 2^(r-1)) + remainder = acc + 2^(shift-1), 0 <= remainder < 2^shift
uint32_t requantise(Wide acc, unsigned shift, unsigned r, uint64_t& remainder) {
  const Wide sum = acc + (Wide{1} << (shift - 1));
  const Wide quotient = sum >> shift;  // floor
  remainder = static_cast<uint64_t>(sum - (quotient << shift));
  const Wide pre = quotient + (Wide{1} << (r - 1));
  SOTTO_CHECK(pre >= 0 && pre < (Wide{1} << r));  // check_network proved it
  return static_cast<uint32_t>(pre);
}

Trace::Layer trace_conv(const Network& net, const ConvLayer& layer, const std::vector<uint32_t>& in) {
  Trace::Layer out;
  const size_t n = size_t{layer.out_frames} * layer.out_channels;
  out.pre.resize(n), out.out.resize(n), out.remainder.resize(n);
  for (size_t i = 0; i < layer.out_frames; i++)
    for (uint32_t c = 0; c < layer.out_channels; c++) {
      Wide acc = layer.bias[c];
      for (uint32_t d = 0; d < 2; d++)
        for (uint32_t l = 0; l < 2; l++)
          for (uint32_t k = 0; k < layer.in_channels; k++)
            acc += Wide{layer.weight(d, l, k, c)} * in[(2 * (i + d) + l) * layer.in_channels + k];
      const size_t j = i * layer.out_channels + c;
      uint64_t remainder;
      out.pre[j] = requantise(acc, net.range_bits, net.range_bits, remainder);
      out.remainder[j] = static_cast<uint32_t>(remainder);
      out.out[j] = net.act_table[out.pre[j]];
    }
  return out;
}

void trace_head(const Network& net, Trace& out) {
  const std::vector<uint32_t>& last = out.layers.back().out;
  const size_t channels = net.head_mean.size();
  Wide acc = net.head_bias;
  for (size_t j = 0; j < last.size(); j++) {
    const Wide v = last[j];
    acc += net.head_mean[j % channels] * v + net.head_square[j % channels] * v * v;
  }
  out.head_pre = requantise(acc, 2 * net.range_bits, net.range_bits, out.head_remainder);
  out.score = net.score_table[out.head_pre];
}

}  // namespace

Trace trace(const Network& net, const std::vector<uint8_t>& samples) {
  SOTTO_CHECK(samples.size() == net.samples);
  for (uint8_t x : samples) SOTTO_CHECK(x < (1u << net.sample_bits));
  Trace out;
  trace_dft(net, samples, out);
  trace_energy(net, out);
  trace_log(net, out);
  std::vector<uint32_t> in(out.exponent.size());
  for (size_t j = 0; j < in.size(); j++) in[j] = net.log_step * out.exponent[j] + out.log_value[j];
  for (const ConvLayer& layer : net.conv) {
    out.layers.push_back(trace_conv(net, layer, out.layers.empty() ? in : out.layers.back().out));
  }
  trace_head(net, out);
  return out;
}

}  // namespace sotto::judge
