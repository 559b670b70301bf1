// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "judge/train/fit.h"

namespace sotto::judge::train {

// What was measured, as text of report.h, and with what.
struct CardFacts {
  FitOptions fit;
  Augmentation chosen;
  bool stored = false;     // the network was trained in an earlier run and read
  std::string validation;  // empty: the settings were given
  std::string figures, attacks;
  std::string clips_digest;
};

// The card of ear-20k: what it is, what it was trained on, how well it does, what it does not claim.
std::string card_text(const CardFacts& facts);

}  // namespace sotto::judge::train
