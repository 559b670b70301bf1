// SPDX-License-Identifier: Apache-2.0
// Program -> samples.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sound/bytebeat/program.h"

namespace sotto::sound {

using Samples = std::vector<uint8_t>;  // unsigned 8-bit, 8 kHz, mono

// Samples t = first .. first + count - 1. Requires: check_program(program) is ok. Block-wise and vectorised.
Samples render(const Program& program, uint32_t count = kSamples, uint32_t first = 0);

// Several stretches of the same length, one after the other: those that begin at `firsts`.
Samples render_stretches(const Program& program, std::span<const uint32_t> firsts, uint32_t length);

// The slow twin: one sample by direct interpretation with eval_op.
uint8_t render_one(const Program& program, uint32_t t);

}  // namespace sotto::sound
