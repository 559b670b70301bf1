// SPDX-License-Identifier: Apache-2.0
// What a run of sotto-train says about the judge that it made.
#pragma once
#include <string>

#include "judge/net/network.h"
#include "judge/train/arguments.h"

namespace sotto::judge::train {

// What was measured, as Markdown of report.h and assault.h, and with what.
struct CardFacts {
  std::string cross_validation, curve, attacks;  // empty: not done
  std::string clips, figures, pictures;
  double pearson = 0;
  size_t weights = 0, distinct_scores = 0;
  std::string clips_digest;
};

// Puts the card into the network and writes both files.
Status write_judge(const Arguments& arguments, const CardFacts& facts, Network net);

}  // namespace sotto::judge::train
