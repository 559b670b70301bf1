// SPDX-License-Identifier: Apache-2.0
// What a listener would notice first in a clip, in a few numbers.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "judge/net/network.h"

namespace sotto::judge::train {

struct Portrait {
  double brightness = 0;  // Hz: where the energy lies, mean over windows of the centre of the bands by octave
  double change = 0;      // octaves of energy: standard deviation over time, mean over bands
  double repeats =
      0;  // seconds after which the clip sounds the same again, for the first time; 0: never within five seconds
  double form = 0;   // octaves of energy: between the mean spectra of the ten single seconds, mean over pairs and bands
  double empty = 0;  // share of the bands that lie three octaves of energy or more under the loudest of their window
};

// features: L of `front_end`, [frames][bands].
Portrait portrait(const Network& front_end, std::span<const uint16_t> features);

// Markdown: the cells of a table's row and their heads.
inline constexpr const char* kPortraitHeads = "| brightness, Hz | change | repeats after, s | form | empty bands |";
std::string portrait_cells(const Portrait& p);

}  // namespace sotto::judge::train
