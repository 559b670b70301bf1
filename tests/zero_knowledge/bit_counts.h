// SPDX-License-Identifier: Apache-2.0
// Populations of proofs as an observer without algebra sees them.
#pragma once
#include <cmath>
#include <vector>

#include "base/bytes.h"

namespace sotto::zero_knowledge {

// How often each of the lowest and of the highest eight bits of every word is one.
class BitCounts {
 public:
  void add(const Bytes& proof) {
    ones_.resize(proof.size() / 32 * kBits);
    for (size_t word = 0; word < proof.size() / 32; word++)
      for (unsigned bit = 0; bit < kBits; bit++)
        ones_[word * kBits + bit] += proof[32 * word + (bit < 8 ? 31 : 0)] >> bit % 8 & 1;
    proofs_++;
  }
  // Chi-square of the difference of two populations: one degree of freedom per bit, those that never vary left out.
  // Returned as standard deviations from its mean.
  static double difference(const BitCounts& a, const BitCounts& b) {
    double sum = 0, freedom = 0;
    for (size_t i = 0; i < a.ones_.size(); i++) {
      const double pa = double(a.ones_[i]) / a.proofs_, pb = double(b.ones_[i]) / b.proofs_;
      const double p = double(a.ones_[i] + b.ones_[i]) / (a.proofs_ + b.proofs_);
      const double variance = p * (1 - p) * (1.0 / a.proofs_ + 1.0 / b.proofs_);
      if (variance == 0) continue;
      sum += (pa - pb) * (pa - pb) / variance;
      freedom++;
    }
    return (sum - freedom) / std::sqrt(2 * freedom);
  }
  // Bits of one word are not quite independent, so equal populations differ by some deviations; a leak shows as many.
  static constexpr double kEqual = 8, kApart = 20;

 private:
  static constexpr unsigned kBits = 16;
  std::vector<uint32_t> ones_;
  uint32_t proofs_ = 0;
};

}  // namespace sotto::zero_knowledge
