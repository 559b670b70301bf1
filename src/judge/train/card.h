// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace sotto::judge::train {

// The card of ear-20k: what it is, what it was trained on, how well it does, what it does not claim.
std::string card_text(const std::string& figures, unsigned epochs, uint64_t seed);

}  // namespace sotto::judge::train
