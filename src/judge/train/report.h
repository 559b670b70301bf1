// SPDX-License-Identifier: Apache-2.0
// What a judge is worth, measured: the figures of its card.
#pragma once
#include <cstdio>
#include <string>
#include <vector>

#include "judge/train/examples.h"

namespace sotto::judge::train {

// Probability that a positive outscores a negative; ties count one half.
double auc(std::vector<double> positives, std::vector<double> negatives);
double pearson(const std::vector<double>& a, const std::vector<double>& b);
// Pearson of the ranks, ties averaged.
double spearman(const std::vector<double>& a, const std::vector<double>& b);
// Linear interpolation between order statistics, 0 <= p <= 1.
double percentile(std::vector<double> values, double p);
// Share of `values` below x, 0 to 100.
double rank_of(double x, const std::vector<double>& values);

// One judged example.
struct Judged {
  const Example* example = nullptr;
  double logit = 0, head = 0, score = 0;  // float twin, integer head, shown score
};

// Markdown: AUC of human clips against each kind of negative, by the float networks of the folds: mean, 95 % interval of the
// mean (Student's t over the folds), and each fold.
std::string cross_validation_table(const std::vector<std::vector<Judged>>& folds);
// Markdown: the same of one judge by its integer head, with the 95 % interval of a bootstrap over songs.
std::string auc_table(const std::vector<Judged>& held);
// Markdown: scores of the held-out clips.
std::string histogram(const std::vector<Judged>& held);
// One line: how many clips are trained on and held out.
std::string clip_counts(const Split& split);
// One row of the learning curve, and what stands above the rows.
std::string curve_row(const Split& split, const std::vector<Judged>& held);
inline constexpr const char* kCurveHeader = "| human clips trained on | AUC random | mutants | shuffled |\n|---|---|---|---|\n";
// One line: the AUCs.
std::string headline(const std::vector<Judged>& held);
double int_float_pearson(const std::vector<Judged>& held);

template <class... T>
std::string format(const char* pattern, T... values) {
  char line[800];
  std::snprintf(line, sizeof line, pattern, values...);
  return line;
}

}  // namespace sotto::judge::train
