// SPDX-License-Identifier: Apache-2.0
// Ten seconds in a few hundred numbers that one can name: spectrum, how much each band varies, how unlike the clip is
// to itself some time later, how far apart its parts are. All in octaves of energy, or logarithms of their squares.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace sotto::judge::train {

// Of features L, [frames][bands], log_step = 32. Requires bands % 48 == 0 and more than 4 frames.
std::vector<float> traits(std::span<const uint16_t> features, size_t bands);

}  // namespace sotto::judge::train
