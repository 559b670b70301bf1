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
    : net_(&net),
      layer_(&net.conv[index]),
      path_(path),
      narrow_(max_input <= UINT16_MAX),
      bias_(layer_->bias.begin(), layer_->bias.end()) {
  if (narrow_) pack();
}

int16_t FastConv::packed_weight(size_t row, size_t column) const {
  const size_t c = column % half_columns_;
  if (c >= layer_->out_channels) return 0;
  const int32_t w = layer_->weights[row * layer_->out_channels + c];
  return column < half_columns_ ? low_half(w) : high_half(w);
}

void FastConv::pack() {
  const size_t rows = size_t{4} * layer_->in_channels, out_channels = layer_->out_channels;
  const bool split =
      std::any_of(layer_->weights.begin(), layer_->weights.end(), [](int32_t w) { return high_half(w) != 0; });
  half_columns_ = (out_channels + kVector - 1) / kVector * kVector;
  columns_ = split ? 2 * half_columns_ : half_columns_;
  for (size_t j = 0; j < rows; j++)
    for (size_t c = 0; c < out_channels; c++)
      bias_[c] += kOffset * static_cast<uint32_t>(layer_->weights[j * out_channels + c]);
  // Only AVX-512 needs wide panels; narrow ones have fewer pairs.
  const size_t widest = path_ == CpuPath::kAvx512 ? kPanel : kVector;
  for (size_t start = 0; start < columns_; start += widest) {
    Panel panel{start, std::min(widest, columns_ - start), {}, {}};
    for (uint32_t pair = 0; pair < rows / 2; pair++) {
      std::vector<int16_t> weights;
      for (size_t n = start; n < start + panel.width; n++)
        for (size_t j : {size_t{2} * pair, size_t{2} * pair + 1}) weights.push_back(packed_weight(j, n));
      if (std::all_of(weights.begin(), weights.end(), [](int16_t w) { return w == 0; })) continue;
      panel.pairs.push_back(pair);
      panel.weights.insert(panel.weights.end(), weights.begin(), weights.end());
    }
    if (!panel.pairs.empty()) panels_.push_back(std::move(panel));
  }
}

// [frames][columns_], from inputs less kOffset.
std::vector<int32_t> FastConv::product(const std::vector<int16_t>& centred) const {
  const size_t frames = layer_->out_frames, stride = size_t{2} * layer_->in_channels, all_pairs = stride;
  std::vector<int32_t> out(frames * columns_), part(frames * kPanel);
  std::vector<int16_t> gathered;
  for (const Panel& panel : panels_) {
    const size_t pairs = panel.pairs.size();
    PairProduct in{centred.data(), stride, frames, panel.weights.data(), panel.width, pairs};
    if (pairs < all_pairs) {
      gathered.resize(frames * 2 * pairs);
      for (size_t i = 0; i < frames; i++)
        for (size_t p = 0; p < pairs; p++)
          std::copy_n(&centred[i * stride + 2 * panel.pairs[p]], 2, &gathered[2 * (i * pairs + p)]);
      in.rows = gathered.data(), in.row_stride = 2 * pairs;
    }
    pair_product(path_, in, part.data());
    for (size_t i = 0; i < frames; i++)
      std::copy_n(&part[i * panel.width], panel.width, &out[i * columns_ + panel.start]);
  }
  return out;
}

std::vector<uint32_t> FastConv::sums_narrow(const std::vector<uint32_t>& in) const {
  const size_t frames = layer_->out_frames, out_channels = layer_->out_channels;
  std::vector<int16_t> centred(in.size());
  for (size_t j = 0; j < in.size(); j++) centred[j] = static_cast<int16_t>(in[j] - kOffset);
  const std::vector<int32_t> products = product(centred);
  std::vector<uint32_t> sums(frames * out_channels);
  for (size_t i = 0; i < frames; i++) {
    const int32_t* row = products.data() + i * columns_;
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
      for (size_t c = 0; c < out_channels; c++)
        sum[c] += x * static_cast<uint32_t>(layer_->weights[j * out_channels + c]);
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
