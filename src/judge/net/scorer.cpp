// SPDX-License-Identifier: Apache-2.0
#include "judge/net/scorer.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "base/check.h"
#include "judge/net/kernels.h"

namespace sotto::judge {
namespace {

// Whether every product fits 16 x 16 bits and every partial sum without the bias fits 31 bits.
bool fits_narrow_kernel(const Network& net) {
  const size_t channels = 2 * size_t{net.bins};
  std::vector<int64_t> sum(channels, 0);
  for (size_t j = 0; j < net.dft.size(); j++) {
    if (std::abs(int64_t{net.dft[j]}) > INT16_MAX) return false;
    sum[j % channels] += std::abs(int64_t{net.dft[j]}) * ((1 << net.sample_bits) - 1);
  }
  return *std::max_element(sum.begin(), sum.end()) <= INT32_MAX;
}

// floor((acc + 2^(shift-1)) / 2^shift) + 2^(r-1). The callers compute acc modulo a power of two; check_network proved
// that acc + 2^(shift-1) is small enough to be recovered from its two's complement.
uint32_t requantise(int64_t acc, unsigned shift, unsigned r) {
  return static_cast<uint32_t>(((acc + (int64_t{1} << (shift - 1))) >> shift) + (int64_t{1} << (r - 1)));
}

// The bits of f: the r - 1 bits below the leading one.
uint32_t mantissa(uint64_t plus_one, unsigned e, unsigned r) {
  const uint64_t top = e >= r - 1 ? plus_one >> (e - (r - 1)) : plus_one << (r - 1 - e);
  return static_cast<uint32_t>(top) - (1u << (r - 1));
}

}  // namespace

Scorer::Scorer(const Network& net, CpuPath path) : net_(&net), path_(path), narrow_(fits_narrow_kernel(net)) {
  const size_t window = 2 * size_t{net.hop()}, channels = 2 * size_t{net.bins};
  if (narrow_) {
    dft_.resize(window * channels);
    for (size_t l = 0; l < window; l++)
      for (size_t c = 0; c < channels; c++) dft_[c * window + l] = static_cast<int16_t>(net.dft[l * channels + c]);
  }
  for (size_t b = 0; b < net.bands; b++) {
    MelBand band;
    for (uint32_t bin = 0; bin < net.bins; bin++) {
      const uint64_t w = static_cast<uint64_t>(net.mel[bin * net.bands + b]);
      if (w == 0) continue;
      if (band.weights.empty()) band.first_bin = bin;
      band.weights.resize(bin - band.first_bin + 1);
      band.weights.back() = w;
    }
    mel_.push_back(std::move(band));
  }
  for (const ConvLayer& layer : net.conv) {
    conv_weights_.emplace_back(layer.weights.begin(), layer.weights.end());
    conv_bias_.emplace_back(layer.bias.begin(), layer.bias.end());
  }
}

std::vector<int64_t> Scorer::dft(std::span<const uint8_t> samples) const {
  const size_t hop = net_->hop(), channels = 2 * size_t{net_->bins}, n = net_->frames * channels;
  std::vector<int64_t> out(n);
  if (narrow_) {
    const std::vector<int16_t> x(samples.begin(), samples.end());
    std::vector<int32_t> narrow(n);
    dft_kernel(path_, {x.data(), dft_.data(), net_->frames, channels, hop}, narrow.data());
    for (size_t i = 0; i < net_->frames; i++)
      for (size_t c = 0; c < channels; c++) out[i * channels + c] = narrow[i * channels + c] + net_->dft_bias[c];
    return out;
  }
  for (size_t i = 0; i < net_->frames; i++) {
    int64_t* row = out.data() + i * channels;
    std::copy(net_->dft_bias.begin(), net_->dft_bias.end(), row);
    for (size_t l = 0; l < 2 * hop; l++) {
      const int64_t x = samples[hop * i + l];
      for (size_t c = 0; c < channels; c++) row[c] += x * net_->dft[l * channels + c];
    }
  }
  return out;
}

std::vector<uint32_t> Scorer::logs(const std::vector<int64_t>& dft) const {
  const unsigned r = net_->range_bits;
  std::vector<uint32_t> out(size_t{net_->frames} * net_->bands);
  std::vector<uint64_t> power(net_->bins);
  for (size_t i = 0; i < net_->frames; i++) {
    const int64_t* d = dft.data() + i * 2 * net_->bins;
    for (size_t bin = 0; bin < net_->bins; bin++)
      power[bin] = static_cast<uint64_t>(d[2 * bin] * d[2 * bin] + d[2 * bin + 1] * d[2 * bin + 1]);
    for (size_t b = 0; b < net_->bands; b++) {
      uint64_t plus_one = 1;
      for (size_t j = 0; j < mel_[b].weights.size(); j++) plus_one += mel_[b].weights[j] * power[mel_[b].first_bin + j];
      const unsigned e = static_cast<unsigned>(std::bit_width(plus_one)) - 1;
      out[i * net_->bands + b] = net_->log_step * e + net_->log_table[mantissa(plus_one, e, r)];
    }
  }
  return out;
}

std::vector<uint32_t> Scorer::features(std::span<const uint8_t> samples) const {
  SOTTO_CHECK(samples.size() == net_->samples);
  for (uint8_t x : samples) SOTTO_CHECK(x < (1u << net_->sample_bits));
  return logs(dft(samples));
}

uint32_t Scorer::head(std::span<const uint8_t> samples) const {
  std::vector<uint32_t> in = features(samples), acc;
  const unsigned r = net_->range_bits;
  for (size_t i = 0; i < net_->conv.size(); i++) {
    const ConvLayer& layer = net_->conv[i];
    acc.resize(size_t{layer.out_frames} * layer.out_channels);
    conv_kernel(path_, {in.data(), conv_weights_[i].data(), conv_bias_[i].data(), layer.out_frames, layer.in_channels,
                        layer.out_channels}, acc.data());
    in.resize(acc.size());
    for (size_t j = 0; j < acc.size(); j++) {
      // The bound of check_network is on acc + 2^(r-1), so the half is added modulo 2^32 too.
      const uint32_t half = 1u << (r - 1);
      const int64_t sum = static_cast<int32_t>(acc[j] + half);
      in[j] = net_->act_table[requantise(sum - half, r, r)];
    }
  }
  const size_t channels = net_->head_mean.size();
  uint64_t sum = static_cast<uint64_t>(net_->head_bias);
  for (size_t j = 0; j < in.size(); j++) {
    const uint64_t mean = static_cast<uint64_t>(int64_t{net_->head_mean[j % channels]});
    const uint64_t square = static_cast<uint64_t>(int64_t{net_->head_square[j % channels]});
    sum += (mean + square * in[j]) * in[j];
  }
  return requantise(static_cast<int64_t>(sum), 2 * r, r);
}

uint32_t Scorer::score(std::span<const uint8_t> samples) const { return net_->score_table[head(samples)]; }

uint32_t score(const Network& net, const std::vector<uint8_t>& samples) { return Scorer(net).score(samples); }

}  // namespace sotto::judge
