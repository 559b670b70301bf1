// SPDX-License-Identifier: Apache-2.0
// What a run of sotto-train is asked for.
#pragma once
#include <algorithm>
#include <optional>
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
  std::vector<float> weights;  // of the members' logits; empty: all alike
  unsigned members = 3, fold_members = 1, folds = kFolds, seeds = 3, jobs = 1;
  std::vector<uint32_t> evaluations = {1000, 10000};  // of a search against the finished judge: where it is looked at
  std::string search = "sotto";                       // the program with the agents' search
  unsigned searches = 2;                              // per epoch
  size_t search_evaluations = 2000;
  float evolved_target = 0.15f;
  float mentor = 0;                  // the share of a mentor's opinion in what a network is taught (mentor.h)
  std::vector<std::string> lessons;  // files of songs that earlier attacks found
  // By member; the members after the last of a list begin it again.
  std::vector<uint32_t> late_frames = {8, 0, 8};                 // how much later half of its clips start
  std::vector<float> pair_weights = {FitOptions().pair_weight};  // fit.h
  std::vector<uint32_t> splices = {0};  // 1: it learns to tell clips that were cut from whole ones
};
template <class T>
T by_member(const std::vector<T>& list, size_t member) {
  return list[member % list.size()];
}
template <class T>
T largest(const std::vector<T>& numbers) {
  return *std::max_element(numbers.begin(), numbers.end());
}

// The command line after the program's name: the verb "train", then options. An exit code: there is nothing to do,
// since they were refused or asked for help; the reason or the help is printed.
std::optional<int> parse(int argc, char** argv, Arguments& out);

}  // namespace sotto::judge::train
