// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/sound_map.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace sotto::contest {
namespace {

constexpr size_t kFrame = 512;

unsigned clamped_log2(uint64_t v) {
  return v == 0 ? 0 : std::min<unsigned>(SoundMap::kSide - 1, static_cast<unsigned>(std::bit_width(v)) - 1);
}

}  // namespace

unsigned SoundMap::cell(const std::vector<uint8_t>& samples) {
  const size_t frames = samples.size() / kFrame;
  if (frames == 0) return 0;
  uint64_t crossings = 0, sum = 0, squares = 0;
  for (size_t f = 0; f < frames; ++f) {
    const uint8_t* x = samples.data() + f * kFrame;
    int total = 0, spread = 0, crossed = 0;
    for (size_t i = 0; i < kFrame; ++i) total += x[i];
    const int mean = total / static_cast<int>(kFrame);
    for (size_t i = 0; i < kFrame; ++i) spread += std::abs(x[i] - mean);
    for (size_t i = 1; i < kFrame; ++i) crossed += (x[i] > mean) != (x[i - 1] > mean);
    crossings += static_cast<uint64_t>(crossed);
    sum += static_cast<uint64_t>(spread);
    squares += static_cast<uint64_t>(spread) * static_cast<uint64_t>(spread);
  }
  // Per second c / 10 of 80,000 samples; log2(c^2) counts half octaves of c, from 128 crossings up.
  const uint64_t c = crossings * 80000 / (frames * kFrame);
  const unsigned tone = clamped_log2((c * c) >> 14);
  // Variance over squared mean of the frames' loudness, log2 counts half octaves of the deviation, from 1 / 256 up.
  const uint64_t n = frames, square_of_sum = std::max<uint64_t>(1, sum * sum);
  const uint64_t spread_of_sums = n * squares - sum * sum;
  const unsigned dynamics =
      clamped_log2(static_cast<uint64_t>(static_cast<unsigned __int128>(spread_of_sums) * 65536 / square_of_sum));
  return tone * kSide + dynamics;
}

void SoundMap::add(const std::vector<uint8_t>& samples, uint32_t score) {
  uint32_t& best = best_[cell(samples)];
  best = std::max(best, score + 1);
}

double SoundMap::coverage() const {
  const auto used = std::count_if(best_.begin(), best_.end(), [](uint32_t b) { return b > 0; });
  return static_cast<double>(used) / static_cast<double>(best_.size());
}

double SoundMap::quality(uint32_t max_score) const {
  uint64_t sum = 0;
  for (const uint32_t b : best_) sum += b > 0 ? b - 1 : 0;
  return static_cast<double>(sum) / (static_cast<double>(best_.size()) * std::max<uint32_t>(1, max_score));
}

}  // namespace sotto::contest
