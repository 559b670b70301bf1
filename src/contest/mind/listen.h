// SPDX-License-Identifier: Apache-2.0
// What an agent hears before it bothers the judge: a fingerprint against duplicates and two coarse features of the sound.
// Integers only, so that every machine files the same song in the same place.
#pragma once
#include <cstdint>
#include <vector>

#include "contest/mind/sketch.h"

namespace sotto::contest {

struct Impression {
  uint64_t fingerprint = 0;  // of all samples; equal audio, equal fingerprint
  bool silent = false;       // nothing a listener would call sound
  uint8_t brightness = 0;    // 0..7: mean step between neighbouring samples, on a logarithmic scale
  uint8_t motion = 0;        // 0..7: mean change of loudness between neighbouring frames, likewise
  uint8_t kind = 0;          // kind.h: finer, and relative to the loudness
  Sketch sketch{};

  bool operator==(const Impression&) const = default;
};

Impression listen(const std::vector<uint8_t>& samples);

}  // namespace sotto::contest
