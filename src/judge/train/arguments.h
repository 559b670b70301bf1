// SPDX-License-Identifier: Apache-2.0
// What a run of sotto-train is asked for.
#pragma once
#include <string>
#include <vector>

#include "judge/train/clips.h"
#include "judge/train/fit.h"

namespace sotto::judge::train {

struct Arguments {
  std::string clips, work, judge, card, pictures, name = "ear-20k";
  FitOptions fit;
  bool curve = true;
  // The first `summaries` members, of a fold too, hear sums only and have `hidden` units (summary_net.h).
  unsigned summaries = 0, hidden = 32;
  bool residual = false;       // members learn what those before them lack
  std::vector<float> weights;  // of the members' logits; empty: all alike
  unsigned members = 3, fold_members = 1, folds = kFolds, seeds = 3, jobs = 1;
  size_t evaluations = 10000;
  std::string search = "sotto";  // the program with the agents' search
  unsigned searches = 2;         // per epoch
  size_t search_evaluations = 2000;
  float evolved_target = 0.15f;
  float mentor = 0;                  // the share of a mentor's opinion in what a network is taught (mentor.h)
  std::vector<std::string> lessons;  // files of songs that earlier attacks found
  std::vector<uint32_t> late_frames = {8, 0, 8};  // by member: how much later half of its clips start
};

extern const char* const kUsage;

// The command line after the program's name: the verb "train", then options. False: they do not go together.
bool parse(int argc, char** argv, Arguments& out);

}  // namespace sotto::judge::train
