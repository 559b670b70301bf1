// SPDX-License-Identifier: Apache-2.0
// The two inner loops of the fast judge. One text (kernels.cpp) is compiled once per CPU path.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/cpu_path.h"

namespace sotto::judge {

// out[i][c] = sum_{l < window} x[hop * i + l] * weights[c][l] for i < frames, c < channels; window = 2 * hop, a multiple
// of 4. No sum over any subset of the products may exceed 31 bits.
struct DftKernelInput {
  const int16_t* x;
  const int16_t* weights;
  size_t frames, channels, hop;
};
void dft_kernel(CpuPath path, const DftKernelInput& in, int32_t* out);

// out[i][c] = bias[c] + sum_{j < 4 * in_channels} in[2 * i * in_channels + j] * weights[j][c]  mod 2^32
struct ConvKernelInput {
  const uint32_t* in;
  const uint32_t* weights;
  const uint32_t* bias;
  size_t frames, in_channels, out_channels;
};
void conv_kernel(CpuPath path, const ConvKernelInput& in, uint32_t* out);

}  // namespace sotto::judge
