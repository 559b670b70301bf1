// SPDX-License-Identifier: Apache-2.0
// The common measure of diversity: a 16 x 16 map of sounds that belongs to no search. Its axes are not those of the
// evolver's archive: how often the wave crosses its mean, and how unevenly loud the song is, both in half octaves.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace sotto::contest {

class SoundMap {
 public:
  static constexpr unsigned kSide = 16;

  void add(const std::vector<uint8_t>& samples, uint32_t score);
  // Share of the cells in which a song was heard, 0..1.
  double coverage() const;
  // Sum of the best scores of all cells as a share of the largest possible sum, 0..1.
  double quality(uint32_t max_score) const;

  // The cell of a song.
  static unsigned cell(const std::vector<uint8_t>& samples);

 private:
  std::array<uint32_t, kSide * kSide> best_{};   // score + 1; 0: empty
};

}  // namespace sotto::contest
