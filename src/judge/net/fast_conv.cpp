// SPDX-License-Identifier: Apache-2.0
#include "judge/net/fast_conv.h"

#include <algorithm>

#include "judge/net/pair_product.h"

namespace sotto::judge {
namespace {

constexpr size_t kVector = 16;
// Inputs are unsigned 16-bit numbers, the products take signed ones: v = (v - kOffset) + kOffset, and the second part,
// times the sum of the weights, belongs to the bias.
constexpr uint32_t kOffset = 1u << 15;

// w = low + 2^16 high mod 2^32
int16_t low_half(int32_t w) { return static_cast<int16_t>(w); }
int16_t high_half(int32_t w) {
  return static_cast<int16_t>((static_cast<uint32_t>(w) - static_cast<uint32_t>(int32_t{low_half(w)})) >> 16);
}

}  // namespace

FastConv::FastConv(const Network& net, size_t index, uint64_t max_input, CpuPath path)
    : net_(&net), layer_(&net.conv[index]), path_(path), narrow_(max_input <= UINT16_MAX),
      bias_(layer_->bias.begin(), layer_->bias.end()) {
  if (narrow_) pack();
}

void FastConv::pack() {
  const size_t rows = size_t{4} * layer_->in_channels, out_channels = layer_->out_channels, pairs = rows / 2;
  const bool split = std::any_of(layer_->weights.begin(), layer_->weights.end(), [](int32_t w) { return high_half(w) != 0; });
  half_columns_ = (out_channels + kVector - 1) / kVector * kVector;
  columns_ = split ? 2 * half_columns_ : half_columns_;
  weights_.assign(rows * columns_, 0);
  for (size_t n = 0; n < columns_; n++) {
    const size_t c = n % half_columns_, start = n / kPanel * kPanel, width = std::min(kPanel, columns_ - start);
    if (c >= out_channels) continue;
    for (size_t j = 0; j < rows; j++) {
      const int32_t w = layer_->weights[j * out_channels + c];
      weights_[2 * (pairs * start + j / 2 * width + n - start) + j % 2] = n < half_columns_ ? low_half(w) : high_half(w);
      if (n < half_columns_) bias_[c] += kOffset * static_cast<uint32_t>(w);
    }
  }
}

std::vector<uint32_t> FastConv::sums_narrow(const std::vector<uint32_t>& in) const {
  const size_t frames = layer_->out_frames, in_channels = layer_->in_channels, out_channels = layer_->out_channels;
  std::vector<int16_t> centred(in.size());
  for (size_t j = 0; j < in.size(); j++) centred[j] = static_cast<int16_t>(in[j] - kOffset);
  std::vector<int32_t> product(frames * columns_);
  pair_product(path_, {centred.data(), 2 * in_channels, frames, weights_.data(), columns_, 2 * in_channels}, product.data());
  std::vector<uint32_t> sums(frames * out_channels);
  for (size_t i = 0; i < frames; i++) {
    const int32_t* row = product.data() + i * columns_;
    uint32_t* sum = sums.data() + i * out_channels;
    for (size_t c = 0; c < out_channels; c++) sum[c] = bias_[c] + static_cast<uint32_t>(row[c]);
    if (columns_ == half_columns_) continue;
    for (size_t c = 0; c < out_channels; c++) sum[c] += static_cast<uint32_t>(row[half_columns_ + c]) << 16;
  }
  return sums;
}

std::vector<uint32_t> FastConv::sums_wide(const std::vector<uint32_t>& in) const {
  const size_t in_channels = layer_->in_channels, out_channels = layer_->out_channels;
  std::vector<uint32_t> sums;
  for (size_t i = 0; i < layer_->out_frames; i++) {
    sums.insert(sums.end(), bias_.begin(), bias_.end());
    uint32_t* sum = sums.data() + i * out_channels;
    for (size_t j = 0; j < 4 * in_channels; j++) {
      const uint32_t x = in[2 * i * in_channels + j];
      for (size_t c = 0; c < out_channels; c++) sum[c] += x * static_cast<uint32_t>(layer_->weights[j * out_channels + c]);
    }
  }
  return sums;
}

std::vector<uint32_t> FastConv::apply(const std::vector<uint32_t>& in) const {
  std::vector<uint32_t> out = narrow_ ? sums_narrow(in) : sums_wide(in);
  const unsigned r = net_->range_bits;
  // The bound of check_network is on acc + 2^(r-1): that sum is recovered from its residue modulo 2^32.
  const uint32_t half = 1u << (r - 1);
  for (uint32_t& v : out) {
    const int32_t sum = static_cast<int32_t>(v + half);
    v = net_->act_table[static_cast<uint32_t>((sum >> r) + static_cast<int32_t>(half))];
  }
  return out;
}

}  // namespace sotto::judge
