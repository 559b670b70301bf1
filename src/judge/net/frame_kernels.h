// SPDX-License-Identifier: Apache-2.0
// The loops around the DFT of the fast judge, one frame per lane. Sums are taken modulo 2^32 or 2^64, so that their order
// does not matter and every CPU path gives the same bits.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/cpu_path.h"

namespace sotto::judge {

// Frames are analysed this many at a time: one frame per lane.
inline constexpr size_t kFrameBlock = 32;
// A place of the window, or the sum or difference of two: x[first] + factor * x[second]; offsets into `x` below.
struct WindowInput {
  uint32_t first = 0, second = 0;
  int16_t factor = 0;
};
// out[p][i] = the pair (inputs[2p], inputs[2p+1]) of frame i < kFrameBlock; an offset is the one of frame 0.
void gather_inputs(CpuPath path, const int16_t* x, const WindowInput* inputs, size_t pairs, int16_t* out);

// D[c] = bias[c] + sum of factor * rows[row] over the terms of channel c, which fits 31 bits and a sign.
struct Term {
  uint32_t row = 0;
  int32_t factor = 0;
};
struct PowerInput {
  const int32_t* rows;          // [row][kFrameBlock]
  const Term* terms;            // of all channels, one after the other
  const uint32_t* first_term;   // [2 * bins + 1]
  const int32_t* bias;          // [2 * bins]
  size_t bins;
};
// power[bin][i] = D[2 bin][i]^2 + D[2 bin + 1][i]^2
void powers(CpuPath path, const PowerInput& in, uint64_t* power);

// out[i] = 1 + sum of weight * power[bin][i]  mod 2^64
struct MelWeight {
  uint32_t bin = 0, weight = 0;
};
void mel_band(CpuPath path, const uint64_t* power, const MelWeight* weights, size_t count, uint64_t* out);

}  // namespace sotto::judge
