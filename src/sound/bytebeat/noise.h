// SPDX-License-Identifier: Apache-2.0
// What random() is in Sotto: a hash of t, so that a song is the same each time it is played, scored and proved.
#pragma once
#include <cstdint>

#include "base/split_mix.h"

namespace sotto::sound {

// A value is so many bits over 2^14: as fine as leaves t times it in a word.
inline constexpr unsigned kNoiseBits = 14;
inline constexpr unsigned kNoiseShift = 10;

// Every call of random() is a stream of its own, with an odd factor of its own.
constexpr uint32_t noise_factor(uint32_t stream) {
  return static_cast<uint32_t>(split_mix(stream * kSplitMixStep) >> 32) | 1;
}

// x = factor t, and the high bits of x ((x >>> kNoiseShift) ^ t): a product with t alone would hum, for x t is a chirp.
constexpr uint32_t noise(uint32_t t, uint32_t stream) {
  const uint32_t x = t * noise_factor(stream);
  return x * (x >> kNoiseShift ^ t) >> (32 - kNoiseBits);
}

}  // namespace sotto::sound
