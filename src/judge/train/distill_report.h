// SPDX-License-Identifier: Apache-2.0
// How well a student imitates its teacher, and what its card may say.
#pragma once
#include <string>
#include <vector>

#include "judge/teacher/geometry.h"

namespace sotto::judge::train {

// Below this correlation, on held-out songs or on evolved ones, a judge is not called after its teacher.
inline constexpr double kLeastCorrelation = 0.9;

struct Agreement {
  size_t clips = 0;
  double pearson = 0, spearman = 0;
};
Agreement agreement(const std::vector<double>& student, const std::vector<double>& teacher);

struct DistillFacts {
  std::string axis;            // "CE", …, "mean"
  std::string teacher_digest;  // of the file
  bool audiobox = false;       // the teacher has Audiobox's shape, so it may be Audiobox
  std::string clips;           // how many of which kind, as text
  size_t labels = 0, weights = 0;
  Agreement held_out;              // songs and negatives of held-out authors
  std::vector<Agreement> evolved;  // songs evolved against the student of each round, before it learned from them
  double integer_pearson = 0;      // integer network against float network
  double score_low = 0, score_mid = 0,
         score_top = 0;  // the teacher's score (as the student estimates it) at 0, 5 and 10
};

// Whether the judge may be called "Audiobox-distilled": held-out songs and the last evolved ones.
bool imitates(const DistillFacts& facts);
std::string distill_card(const DistillFacts& facts);

}  // namespace sotto::judge::train
