// SPDX-License-Identifier: Apache-2.0
// What a run of sotto-train is asked for, and what it says about the judge that it made.
#pragma once
#include <string>

#include "judge/net/network.h"
#include "judge/train/fit.h"

namespace sotto::judge::train {

struct Arguments {
  std::string clips, work, judge, card, pictures, name = "ear-20k";
  FitOptions fit;
  bool curve = true;
  unsigned members = 3, fold_members = 1, folds = kFolds, seeds = 3, jobs = 1;
  size_t evaluations = 10000;
  std::string search = "sotto";    // the program with the agents' search
  unsigned searches = 2;           // per epoch
  size_t search_evaluations = 2000;
  float evolved_target = 0.15f;
  float mentor = 0;                // the share of a mentor's opinion in what a network is taught (mentor.h)
  std::vector<std::string> lessons;               // files of songs that earlier attacks found
  std::vector<uint32_t> late_frames = {8, 0, 8};  // by member: how much later half of its clips start
};

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
