// SPDX-License-Identifier: Apache-2.0
#include "judge/train/card.h"

namespace sotto::judge::train {

std::string card_text(const std::string& figures, unsigned epochs, uint64_t seed) {
  return "# ear-20k\n\nPLACEHOLDER\n" + figures + std::to_string(epochs) + std::to_string(seed);
}

}  // namespace sotto::judge::train
