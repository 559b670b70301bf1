// SPDX-License-Identifier: Apache-2.0
// Sounds that a judge should rank below people's songs: chance, damaged songs, songs without their form.
#pragma once
#include <random>
#include <string>

#include "sound/bytebeat/render.h"

namespace sotto::judge {

// A random formula: half of the time an expression tree, else a chain of masks, shifts and products of t.
std::string random_formula(std::mt19937_64& random);

// `edits` random changes of a constant or of an operator. The result need not compile.
std::string mutated(const std::string& code, unsigned edits, std::mt19937_64& random);

// Blocks of 1/8 to 1 second in random order: the same sounds without their form.
sound::Samples shuffled(const sound::Samples& samples, std::mt19937_64& random);

// Nothing that a listener would call sound: a standard deviation below two steps.
bool is_silent(const sound::Samples& samples);

}  // namespace sotto::judge
