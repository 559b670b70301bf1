// SPDX-License-Identifier: Apache-2.0
// Random programs for differential tests: every operation occurs, operands favour the edges of 32-bit words.
#pragma once
#include <random>

#include "sound/bytebeat/program.h"

namespace sotto::sound {

// A valid program of exactly `instructions` instructions (at most 63), with a table and edge constants (0, 1, -1,
// INT_MIN, 31, 32) among its constants. It fits the class of K = instructions + 1 or larger. The same generator state
// gives the same program on every machine.
Program random_program(std::mt19937_64& random, unsigned instructions);

}  // namespace sotto::sound
