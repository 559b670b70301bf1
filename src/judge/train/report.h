// SPDX-License-Identifier: Apache-2.0
// What a judge is worth, measured: the figures of its card.
#pragma once
#include <map>
#include <string>
#include <vector>

namespace sotto::judge::train {

// Probability that a positive outscores a negative; ties count one half.
double auc(std::vector<double> positives, std::vector<double> negatives);
double pearson(const std::vector<double>& a, const std::vector<double>& b);
// Linear interpolation between order statistics, 0 <= p <= 1.
double percentile(std::vector<double> values, double p);

// One judged clip.
struct Judged {
  std::string kind;
  bool test = false;
  double head = 0, logit = 0, score = 0;  // integer head, float twin, shown score
};

struct Summary {
  double songs_per_second = 0;
  std::string cpu_path;
  size_t weights = 0;
};

// Markdown tables of the held-out figures.
std::string figures(const std::vector<Judged>& clips, const Summary& summary);

}  // namespace sotto::judge::train
