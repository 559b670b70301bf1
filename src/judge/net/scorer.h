// SPDX-License-Identifier: Apache-2.0
// The fast judge: a network made ready once (matrices packed for the kernels), then many songs. Bit-exact with trace().
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/cpu_path.h"
#include "judge/net/fast_conv.h"
#include "judge/net/network.h"
#include "judge/net/spectrum.h"

namespace sotto::judge {

// Thread-safe: const member functions share nothing that changes.
class Scorer {
 public:
  // Requires check_network(net).ok(). Keeps a pointer to net, which must outlive the scorer.
  explicit Scorer(const Network& net, CpuPath path = default_cpu_path());

  // score_table[head(samples)]; samples has exactly net.samples values below 2^sample_bits.
  uint32_t score(std::span<const uint8_t> samples) const;
  // The head's `pre`: the score before the table, finer than the score. Not public in a contest.
  uint32_t head(std::span<const uint8_t> samples) const { return head_of(features(samples)); }
  // The same from features(samples).
  uint32_t head_of(std::vector<uint32_t> features) const;
  uint32_t score_of(uint32_t head) const { return net_->score_table[head]; }
  // L, [frames][bands]: what the first layer sees (and what training trains on).
  std::vector<uint32_t> features(std::span<const uint8_t> samples) const;

 private:
  const Network* net_;
  CpuPath path_;
  Spectrum spectrum_;
  std::vector<std::vector<MelWeight>> mel_;  // by band
  std::vector<FastConv> conv_;
};

}  // namespace sotto::judge
