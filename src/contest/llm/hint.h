// SPDX-License-Identifier: Apache-2.0
// One line for the prompt about what the better half of a population shares and the worse half does not. Counted, not asked of a
// model: a reflection call would cost as much as a brood and could not be repeated.
#pragma once
#include <string>
#include <vector>

#include "contest/llm/prompt.h"

namespace sotto::contest {

// Requires the specimens sorted. Empty for fewer than six, or where the halves do not differ.
std::string hint_of(const std::vector<Specimen>& specimens);

}  // namespace sotto::contest
