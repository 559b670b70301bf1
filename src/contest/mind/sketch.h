// SPDX-License-Identifier: Apache-2.0
// How a song sounds in 20 small numbers, from a tenth of its samples: sixteen short windows, and in each the loudness of
// eight octaves, crossings of the mean, and the number of values in use. Cheap enough to be taken of songs that are never judged.
// Integers only, so that every machine gets the same.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "sound/bytebeat/program.h"

namespace sotto::contest {

// Logarithms to the base 2, in eighths. Of what is taken in every window there are two numbers: the mean over the windows and how
// much it changes from window to window. The octaves come from the highest down.
using Sketch = std::array<uint8_t, 20>;

// What can be told of a whole song's kind (listen.h) from its windows.
struct Glimpse {
  Sketch sketch{};
  uint8_t kind = 0;
};

// Nothing but zeros for less than a window.
Sketch sketch(std::span<const uint8_t> samples);
// Of a program that plays so many samples; only the windows are rendered.
Glimpse glimpse(const sound::Program& program, uint32_t samples);

}  // namespace sotto::contest
