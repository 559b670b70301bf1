// SPDX-License-Identifier: Apache-2.0
// The fast judge: a network made ready once (weights transposed and narrowed), then many songs. Bit-exact with trace().
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/cpu_path.h"
#include "judge/net/network.h"

namespace sotto::judge {

// Thread-safe: const member functions share nothing that changes.
class Scorer {
 public:
  // Requires check_network(net).ok(). Keeps a pointer to net, which must outlive the scorer.
  explicit Scorer(const Network& net, CpuPath path = default_cpu_path());

  // score_table[head(samples)]; samples has exactly net.samples values below 2^sample_bits.
  uint32_t score(std::span<const uint8_t> samples) const;
  // The head's `pre`: the score before the table, finer than the score. Not public in a contest.
  uint32_t head(std::span<const uint8_t> samples) const;
  // L, [frames][bands]: what the first layer sees (and what training trains on).
  std::vector<uint32_t> features(std::span<const uint8_t> samples) const;

 private:
  struct MelBand {
    uint32_t first_bin = 0;
    std::vector<uint64_t> weights;  // from the first to the last bin that is not zero
  };
  std::vector<int64_t> dft(std::span<const uint8_t> samples) const;
  std::vector<uint32_t> logs(const std::vector<int64_t>& dft) const;

  const Network* net_;
  CpuPath path_;
  bool narrow_ = false;             // the DFT fits the 16-bit kernel
  std::vector<int16_t> dft_;        // [c][l], if narrow_
  std::vector<MelBand> mel_;
  std::vector<std::vector<uint32_t>> conv_weights_, conv_bias_;  // mod 2^32
};

}  // namespace sotto::judge
