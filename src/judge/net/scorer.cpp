// SPDX-License-Identifier: Apache-2.0
#include "judge/net/scorer.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace sotto::judge {
namespace {

// The bits of f: the r - 1 bits below the leading one.
uint32_t mantissa(uint64_t plus_one, unsigned e, unsigned r) {
  const uint64_t top = e >= r - 1 ? plus_one >> (e - (r - 1)) : plus_one << (r - 1 - e);
  return static_cast<uint32_t>(top) - (1u << (r - 1));
}

// No L is larger.
uint64_t max_feature(const Network& net) {
  const uint64_t most = *std::max_element(net.log_table.begin(), net.log_table.end());
  return uint64_t{net.log_step} * (4 * net.range_bits - 1) + most;
}

}  // namespace

Scorer::Scorer(const Network& net, CpuPath path) : net_(&net), path_(path), spectrum_(net, path), mel_(net.bands) {
  for (uint32_t bin = 0; bin < net.bins; bin++)
    for (size_t b = 0; b < net.bands; b++) {
      const int32_t w = net.mel[bin * net.bands + b];
      if (w != 0) mel_[b].push_back({bin, static_cast<uint32_t>(w)});
    }
  // A front end alone, of which only the features are asked, has no layers and no table.
  const uint64_t most = net.conv.empty() ? 0 : *std::max_element(net.act_table.begin(), net.act_table.end());
  for (size_t i = 0; i < net.conv.size(); i++) conv_.emplace_back(net, i, i == 0 ? max_feature(net) : most, path);
}

std::vector<uint32_t> Scorer::features(std::span<const uint8_t> samples) const {
  SOTTO_CHECK(samples.size() == net_->samples);
  SOTTO_CHECK((*std::max_element(samples.begin(), samples.end()) >> net_->sample_bits) == 0);
  const unsigned r = net_->range_bits;
  const size_t bands = net_->bands;
  std::vector<uint32_t> out(net_->frames * bands);
  std::vector<uint64_t> power(size_t{net_->bins} * kFrameBlock);
  uint64_t plus_one[kFrameBlock];
  for (size_t first = 0; first < net_->frames; first += kFrameBlock) {
    spectrum_.block(samples, first, power.data());
    const size_t count = std::min(kFrameBlock, net_->frames - first);
    for (size_t b = 0; b < bands; b++) {
      mel_band(path_, power.data(), mel_[b].data(), mel_[b].size(), plus_one);
      for (size_t i = 0; i < count; i++) {
        const unsigned e = static_cast<unsigned>(std::bit_width(plus_one[i])) - 1;
        out[(first + i) * bands + b] = net_->log_step * e + net_->log_table[mantissa(plus_one[i], e, r)];
      }
    }
  }
  return out;
}

uint32_t Scorer::head_of(std::vector<uint32_t> values) const {
  for (const FastConv& layer : conv_) values = layer.apply(values);
  const size_t channels = net_->head_mean.size();
  uint64_t sum = static_cast<uint64_t>(net_->head_bias);
  for (size_t j = 0; j < values.size(); j += channels)
    for (size_t c = 0; c < channels; c++) {
      const uint64_t mean = static_cast<uint64_t>(int64_t{net_->head_mean[c]});
      const uint64_t square = static_cast<uint64_t>(int64_t{net_->head_square[c]});
      sum += (mean + square * values[j + c]) * values[j + c];
    }
  const unsigned r = net_->range_bits;
  // check_network proved that acc + 2^(2r-1) is small enough to be recovered from its two's complement.
  const int64_t rounded = static_cast<int64_t>(sum + (uint64_t{1} << (2 * r - 1)));
  return static_cast<uint32_t>((rounded >> (2 * r)) + (int64_t{1} << (r - 1)));
}

uint32_t Scorer::score(std::span<const uint8_t> samples) const { return score_of(head(samples)); }

uint32_t score(const Network& net, const std::vector<uint8_t>& samples) { return Scorer(net).score(samples); }

}  // namespace sotto::judge
