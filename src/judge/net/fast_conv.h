// SPDX-License-Identifier: Apache-2.0
// One conv layer made ready for pair_product: out = act_table[requantised sum], bit-exact with trace().
#pragma once
#include <cstdint>
#include <vector>

#include "base/cpu_path.h"
#include "judge/net/network.h"

namespace sotto::judge {

class FastConv {
 public:
  // No input of the layer exceeds max_input. Keeps pointers to net and to the layer, net.conv[index].
  FastConv(const Network& net, size_t index, uint64_t max_input, CpuPath path);

  // in: [frames][in_channels]; the result: [out_frames][out_channels].
  std::vector<uint32_t> apply(const std::vector<uint32_t>& in) const;

 private:
  // Neighbouring columns of the product, and the pairs of inputs that any of them has a weight for: members of a judge
  // side by side hear each other nowhere, so most weights are zero.
  struct Panel {
    size_t start, width;
    std::vector<uint32_t> pairs;
    std::vector<int16_t> weights;  // columns of pair_product
  };
  void pack();
  int16_t packed_weight(size_t row, size_t column) const;
  std::vector<int32_t> product(const std::vector<int16_t>& centred) const;
  std::vector<uint32_t> sums_narrow(const std::vector<uint32_t>& in) const;
  std::vector<uint32_t> sums_wide(const std::vector<uint32_t>& in) const;

  const Network* net_;
  const ConvLayer* layer_;
  CpuPath path_;
  bool narrow_;                  // inputs fit 16 bits
  size_t half_columns_ = 0;      // out_channels, padded to whole vectors
  size_t columns_ = 0;           // half_columns_, or twice that: then the second half holds the high halves of weights
  std::vector<Panel> panels_;    // without those of zeros only
  std::vector<uint32_t> bias_;   // mod 2^32
};

}  // namespace sotto::judge
