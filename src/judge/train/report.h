// SPDX-License-Identifier: Apache-2.0
// What a judge is worth, measured: the figures of its card.
#pragma once
#include <string>
#include <vector>

#include "judge/train/attack.h"
#include "judge/train/clips.h"

namespace sotto::judge::train {

// Probability that a positive outscores a negative; ties count one half.
double auc(std::vector<double> positives, std::vector<double> negatives);
double pearson(const std::vector<double>& a, const std::vector<double>& b);
// Linear interpolation between order statistics, 0 <= p <= 1.
double percentile(std::vector<double> values, double p);

// One judged clip.
struct Judged {
  std::string kind;
  Side side = Side::kTrain;
  double head = 0, logit = 0, score = 0;  // integer head, float twin, shown score
};

// What decides between settings: the mean of the AUCs of human clips against random programs, random programs made of
// idioms, and mutants, on the validation side, by the float network.
struct Validation {
  std::string name;
  double random = 0, idioms = 0, mutants = 0;
  double mean() const { return (random + idioms + mutants) / 3; }
};
Validation validate(const std::string& name, const std::vector<Judged>& clips);
std::string validation_table(const std::vector<Validation>& candidates);

std::string clip_counts(const std::vector<Clip>& clips);
// Markdown: AUCs, scores of the held-out clips, integers against floats.
std::string figures(const std::vector<Judged>& clips, size_t weights);
// Markdown: one line per attack.
std::string attack_table(const AttackOptions& options, const std::vector<AttackReport>& attacks);

}  // namespace sotto::judge::train
