// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/surrogate.h"

#include <algorithm>
#include <cstdlib>

namespace sotto::contest {
namespace {

struct Neighbour {
  uint32_t distance = UINT32_MAX;
  uint32_t score = 0;
};

}  // namespace

void Surrogate::learn(const Sketch& sketch, uint32_t score) {
  Entry entry;
  std::copy(sketch.begin(), sketch.end(), entry.sketch.begin());
  entry.score = score;
  if (entries_.size() < kRemembered) {
    entries_.push_back(entry);
  } else {
    entries_[oldest_] = entry;
    oldest_ = (oldest_ + 1) % kRemembered;
  }
}

Surrogate::Guess Surrogate::guess(const Sketch& sketch) const {
  std::array<uint8_t, kPadded> x{};
  std::copy(sketch.begin(), sketch.end(), x.begin());
  std::array<Neighbour, kNeighbours> nearest;
  for (const Entry& entry : entries_) {
    unsigned distance = 0;
    for (size_t i = 0; i < kPadded; ++i) distance += static_cast<unsigned>(std::abs(x[i] - entry.sketch[i]));
    if (distance >= nearest.back().distance) continue;
    size_t at = kNeighbours - 1;
    for (; at > 0 && nearest[at - 1].distance > distance; --at) nearest[at] = nearest[at - 1];
    nearest[at] = {distance, entry.score};
  }
  uint64_t sum = 0, weights = 0;
  for (const Neighbour& n : nearest) {
    if (n.distance == UINT32_MAX) break;
    const uint64_t weight = (1u << 20) / (n.distance + 4);
    sum += weight * n.score;
    weights += weight;
  }
  if (weights == 0) return {};
  return {static_cast<uint32_t>(sum / weights), nearest.front().distance};
}

}  // namespace sotto::contest
