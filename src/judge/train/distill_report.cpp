// SPDX-License-Identifier: Apache-2.0
#include "judge/train/distill_report.h"

#include <cstdio>

#include "judge/eval/metrics.h"

namespace sotto::judge::train {
namespace {

std::string text(double value, int digits = 3) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.*f", digits, value);
  return buffer;
}

std::string row(const std::string& name, const Agreement& a) {
  return "| " + name + " | " + std::to_string(a.clips) + " | " + text(a.pearson) + " | " + text(a.spearman) + " |\n";
}

// The first lines: the name that the figures allow.
std::string title(const DistillFacts& f) {
  const std::string evolved = f.evolved.empty() ? "not measured" : text(f.evolved.back().pearson);
  const std::string reason = "r = " + text(f.held_out.pearson) + " on held-out clips, " + evolved + " on evolved songs";
  if (imitates(f)) return "# An Audiobox-distilled judge: " + f.axis + "\n\nIt follows its teacher: " + reason + ".\n";
  if (!f.audiobox)
    return "# A student of a test teacher: " + f.axis +
           "\n\nNot Audiobox-distilled: the teacher is a cut-down test model. " + reason + ".\n";
  return "# A student of Audiobox Aesthetics: " + f.axis +
         "\n\nNot Audiobox-distilled: that takes r >= " + text(kLeastCorrelation, 1) +
         " on held-out clips and on evolved songs. Here " + reason + ".\n";
}

}  // namespace

Agreement agreement(const std::vector<double>& student, const std::vector<double>& teacher) {
  if (student.size() < 2) return {student.size(), 0, 0};
  return {student.size(), pearson(student, teacher), spearman(student, teacher)};
}

bool imitates(const DistillFacts& f) {
  return f.audiobox && f.held_out.pearson >= kLeastCorrelation && !f.evolved.empty() &&
         f.evolved.back().pearson >= kLeastCorrelation;
}

std::string distill_card(const DistillFacts& f) {
  std::string card = title(f) + "\n";
  card += f.axis == "mean" ? "The score imitates the mean of the teacher's four axes.\n"
                           : "The score imitates the teacher's axis " + f.axis + ".\n";
  card += "0.00 is a teacher's score of " + text(f.score_low, 2) + ", 5.00 is " + text(f.score_mid, 2) +
          " (the median of people's songs), 10.00 is " + text(f.score_top, 2) +
          " (their 99.9th percentile, the cap).\n\n";
  card += "| clips | number | Pearson | Spearman |\n|---|---|---|---|\n" +
          row("held out (a fifth of the authors)", f.held_out);
  for (size_t i = 0; i < f.evolved.size(); i++)
    card += row("evolved against the student of round " + std::to_string(i) + ", before it learned from them",
                f.evolved[i]);
  card += "\nInteger network against float network: Pearson " + text(f.integer_pearson, 5) + ". " +
          std::to_string(f.weights) + " weights.\n";
  card += "Learned from " + std::to_string(f.labels) + " labelled clips of ten seconds: " + f.clips + ".\n\n";
  card += "Teacher: file with keccak256 " + f.teacher_digest + ".\n";
  if (f.audiobox)
    card +=
        "Its shape is that of Meta's Audiobox Aesthetics (github.com/facebookresearch/audiobox-aesthetics, "
        "arXiv:2502.05139), weights under\n"
        "CC-BY-4.0, by Andros Tjandra and others at Meta. This judge is a modified, much smaller imitation; its "
        "authors endorse nothing.\n";
  return card;
}

}  // namespace sotto::judge::train
