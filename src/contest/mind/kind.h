// SPDX-License-Identifier: Apache-2.0
// Kinds of sound, 16 x 16, for those who want to hear something else: how fast the wave moves and how unevenly loud the song is,
// both relative to its loudness, in half octaves.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>

namespace sotto::contest {

inline constexpr unsigned kKinds = 256;

// Sums over the frames of a song, all of one length: steps between neighbouring samples; deviations from the frame's mean, which
// are its loudness; squares of these loudnesses.
struct FrameSums {
  uint64_t frames = 0, steps = 0, loudness = 0, squares = 0;

  void add(uint64_t frame_steps, uint64_t frame_loudness) {
    ++frames;
    steps += frame_steps;
    loudness += frame_loudness;
    squares += frame_loudness * frame_loudness;
  }
};

inline uint8_t kind_of(const FrameSums& s) {
  // log2 of a square counts half octaves.
  const auto half_octaves = [](uint64_t square, int low) {
    return static_cast<unsigned>(std::clamp(static_cast<int>(std::bit_width(square)) - 1 - low, 0, 15));
  };
  const uint64_t ratio = (s.steps << 16) / std::max<uint64_t>(1, s.loudness);
  const uint64_t variance = s.frames * s.squares - s.loudness * s.loudness;  // times the square of the number of frames
  const uint64_t mean_square = std::max<uint64_t>(1, s.loudness * s.loudness >> 16);
  return static_cast<uint8_t>(half_octaves(ratio * ratio, 17) * 16 + half_octaves(variance / mean_square, 0));
}

}  // namespace sotto::contest
