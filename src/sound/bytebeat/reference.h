// SPDX-License-Identifier: Apache-2.0
// What JavaScript computes for a formula: doubles throughout. It measures how close a program comes; nothing is proved with it.
#pragma once
#include "sound/bytebeat/compile_formula.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {

// v & 255 for t = 0 .. count - 1.
Samples render_reference(const RootedFormula& formula, uint32_t count = kSamples);

}  // namespace sotto::sound
