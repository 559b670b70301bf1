// SPDX-License-Identifier: Apache-2.0
// The judge as data: an integer network from samples to one public score. docs/judge-format.md is the full definition.
//
//   x[t]                          samples, 0 <= x < 2^sample_bits, t < samples
//   D[i][c]  = sum_{d<2, l<hop} dft[d][l][c] * x[hop(i+d) + l] + dft_bias[c]        frames i, c = 2*bin + (0: re, 1: im)
//   m[i][b]  = sum_{bin} mel[bin][b] * (D[i][2bin]^2 + D[i][2bin+1]^2)              a non-negative integer
//   e, f     : (m + 1) = 2^e * (1 + f'),  f = floor of the top `r-1` fraction bits:  with r = range_bits,
//              (m + 1) * 2^(r-1) * 2^(4r-e) = (2^(r-1) + f) * 2^(4r) + rest,  0 <= f < 2^(r-1), 0 <= rest < 2^(4r)
//   L[i][b]  = log_step * e + log_table[f]
//   conv layers: acc[i][c] = sum_{d<2, l<2, k} w[d][l][k][c] * in[2(i+d) + l][k] + bias[c]
//              pre = floor((acc + 2^(r-1)) / 2^r) + 2^(r-1)   must lie in [0, 2^r) for every possible input (checked on load)
//              out = act_table[pre]
//   head:      acc = sum_{i,c} (mean[c] * out[i][c] + square[c] * out[i][c]^2) + head_bias
//              pre = floor((acc + 2^(2r-1)) / 2^(2r)) + 2^(r-1)      likewise in [0, 2^r)
//   score = score_table[pre]      public, in units of 1 / score_unit (hundredths)
//
// In Sotto r = 16, sample_bits = 8, hop = 256, samples = 80,000; proofs of toy size use r = 8.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace sotto::judge {

struct ConvLayer {
  uint32_t in_channels = 0, out_channels = 0;
  uint32_t out_frames = 0;         // (in_frames - 2) / 2: the largest I with 2(I - 1) + 3 < in_frames
  std::vector<int32_t> weights;    // [d 2][l 2][in_channels][out_channels], last index fastest
  std::vector<int64_t> bias;       // [out_channels]
  int32_t weight(uint32_t d, uint32_t l, uint32_t k, uint32_t c) const {
    return weights[((d * 2 + l) * in_channels + k) * out_channels + c];
  }
};

struct Network {
  uint32_t range_bits = 16;   // r
  uint32_t sample_bits = 8;
  uint32_t samples = 80000;
  uint32_t hop_bits = 8;      // hop = 2^hop_bits, window = 2 * hop
  uint32_t frames = 311;      // largest F with hop * (F - 1) + 2 * hop <= samples
  uint32_t bins = 256;        // D has 2 * bins channels; a power of two
  uint32_t bands = 48;
  std::vector<int32_t> dft;       // [d 2][l hop][c 2*bins]
  std::vector<int64_t> dft_bias;  // [2*bins]
  std::vector<int32_t> mel;       // [bin][band], >= 0
  uint32_t log_step = 32;
  std::vector<uint32_t> log_table;    // 2^(r-1) entries
  std::vector<ConvLayer> conv;        // at least one
  std::vector<uint32_t> act_table;    // 2^r entries
  std::vector<int32_t> head_mean, head_square;  // [channels of the last conv layer]
  int64_t head_bias = 0;
  std::vector<uint32_t> score_table;  // 2^r entries
  uint32_t score_unit = 100;          // public score / score_unit is the score shown to people (0..10)
  std::string card;                   // human-readable provenance and metrics (text)

  uint32_t hop() const { return 1u << hop_bits; }
};

// Everything the network computes on the way: what the proof commits to. All vectors are row-major [frame][channel].
struct Trace {
  std::vector<int64_t> dft;        // [frames][2*bins]
  std::vector<uint64_t> energy;    // [frames][bands]   m
  std::vector<uint32_t> exponent;  // [frames][bands]   e
  std::vector<uint32_t> mantissa;  // [frames][bands]   f
  std::vector<uint64_t> rest;      // [frames][bands]   rest (4r bits)
  std::vector<uint32_t> log_value;  // [frames][bands]  log_table[f]   (L = log_step * e + log_value)
  struct Layer {
    std::vector<uint32_t> pre, out, remainder;  // [out_frames][out_channels]
  };
  std::vector<Layer> layers;
  uint32_t head_pre = 0;
  uint64_t head_remainder = 0;     // 2r bits
  uint32_t score = 0;
};

// Structural and numeric admission: shapes, table sizes, and the interval proof that no `pre` can leave its range and
// no energy its 4r - 1 bits, whatever the samples. Every network that is used for scoring or proving has passed it.
Status check_network(const Network& net);

// Upper bound of the score over all inputs (the largest entry of score_table).
uint32_t max_score(const Network& net);

// The score of `samples` (exactly net.samples values). Requires check_network(net).ok().
uint32_t score(const Network& net, const std::vector<uint8_t>& samples);
// The slow twin, which also records every value; score(net, x) == trace(net, x).score always.
Trace trace(const Network& net, const std::vector<uint8_t>& samples);

// *.judge files: versioned, self-describing, refused with a reason when truncated, altered in shape or out of range.
Result<Network> read_judge(const std::string& path);
Result<Network> decode_judge(ByteSpan bytes);
Bytes encode_judge(const Network& net);
// keccak256 of the encoded file: what a contest pins.
Bytes32 judge_digest(const Network& net);

}  // namespace sotto::judge
