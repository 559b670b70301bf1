// SPDX-License-Identifier: Apache-2.0
// Small mends to what a model has written, before it is compiled: only where the text means nothing in the song's language and
// what was meant is plain. Decimals, >>>, Math.floor and the like are the language's own and stay.
#pragma once
#include <string>
#include <string_view>

namespace sotto::contest {

std::string repair_formula(std::string_view written);

}  // namespace sotto::contest
