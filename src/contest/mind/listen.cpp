// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/listen.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "contest/mind/kind.h"

namespace sotto::contest {
namespace {

constexpr size_t kFrame = 512;

// Not cryptographic: a collision costs an agent one song that it could have had.
uint64_t fingerprint_of(const std::vector<uint8_t>& samples) {
  uint64_t h = samples.size();
  for (size_t i = 0; i < samples.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, samples.data() + i, std::min<size_t>(8, samples.size() - i));
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    h = std::rotl(h ^ word, 29) * 0x9e3779b97f4a7c15ull;
  }
  return h ^ (h >> 32);
}

// Sums over one frame, in a form that compilers turn into sums of absolute differences of bytes.
uint8_t mean(const uint8_t* x) {
  unsigned sum = 0;
  for (size_t i = 0; i < kFrame; ++i) sum += x[i];
  return static_cast<uint8_t>(sum / kFrame);
}
unsigned deviation(const uint8_t* x, uint8_t middle) {
  unsigned sum = 0;
  for (size_t i = 0; i < kFrame; ++i) sum += static_cast<unsigned>(std::abs(x[i] - middle));
  return sum;
}
unsigned step_sum(const uint8_t* x) {
  unsigned sum = 0;
  for (size_t i = 1; i < kFrame; ++i) sum += static_cast<unsigned>(std::abs(x[i] - x[i - 1]));
  return sum;
}

// floor(log2(v)) - low, kept within 0..7.
uint8_t octave(uint64_t v, int low) {
  return static_cast<uint8_t>(std::clamp(static_cast<int>(std::bit_width(v + 1)) - 1 - low, 0, 7));
}

}  // namespace

Impression listen(const std::vector<uint8_t>& samples) {
  Impression out;
  out.fingerprint = fingerprint_of(samples);
  const size_t frames = samples.size() / kFrame;
  if (frames < 2) return out.silent = true, out;
  FrameSums sums;
  uint64_t changes = 0, previous = 0;
  for (size_t f = 0; f < frames; ++f) {
    const uint8_t* x = samples.data() + f * kFrame;
    const uint64_t now = deviation(x, mean(x));
    sums.add(step_sum(x), now);
    if (f) changes += now > previous ? now - previous : previous - now;
    previous = now;
  }
  const uint64_t samples_seen = frames * kFrame;
  out.silent = sums.loudness < 2 * samples_seen;              // mean deviation below two steps of 256
  out.brightness = octave(16 * sums.steps / samples_seen, 2);  // mean step of a quarter, a half, 1, 2 ... 32
  out.motion = octave(64 * changes / samples_seen, 1);
  out.kind = kind_of(sums);
  out.sketch = sketch(samples);
  return out;
}

}  // namespace sotto::contest
