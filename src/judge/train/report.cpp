// SPDX-License-Identifier: Apache-2.0
#include "judge/train/report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

namespace sotto::judge::train {
namespace {

using Where = bool (*)(const Example&);

struct Row {
  const char* name;
  Where negative;
  Where human = [](const Example& e) { return e.human(); };
};
const Row kRows[] = {
    {"random programs", [](const Example& e) { return e.kind == "random"; }},
    {"all mutants", [](const Example& e) { return e.mutant(); }},
    {"mutants, 1 edit", [](const Example& e) { return e.kind == "mutant1"; }},
    {"mutants, 3 edits", [](const Example& e) { return e.kind == "mutant3"; }},
    {"mutants, 6 edits", [](const Example& e) { return e.kind == "mutant6"; }},
    {"songs with their blocks shuffled", [](const Example& e) { return e.kind == "shuffled"; }},
    {"songs with their first bar repeated", [](const Example& e) { return e.kind == "looped"; }},
    {"random programs with many slow counters", [](const Example& e) { return e.kind == "shifts"; }},
    {"random programs made of idioms", [](const Example& e) { return e.kind == "idioms"; }},
    {"random programs in Sotto's language, 8 kHz", [](const Example& e) { return e.kind == "program"; }},
    {"the same, human songs of 8 kHz only", [](const Example& e) { return e.kind == "program"; },
     [](const Example& e) { return e.human() && e.rate == 8000; }},
    {"saw melodies of one line, 8 kHz", [](const Example& e) { return e.kind == "tune"; }},
    {"silence, tones, noise", [](const Example& e) { return e.kind == "plain"; }},
};

std::vector<double> pick(const std::vector<Judged>& clips, double Judged::* value, Where where) {
  std::vector<double> out;
  for (const Judged& c : clips)
    if (where(*c.example)) out.push_back(c.*value);
  return out;
}

double auc_of(const std::vector<Judged>& clips, double Judged::* value, const Row& row) {
  return auc(pick(clips, value, row.human), pick(clips, value, row.negative));
}

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<double> sorted = values, out;
  std::sort(sorted.begin(), sorted.end());
  for (double v : values) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), v);
    out.push_back(0.5 * static_cast<double>((first - sorted.begin()) + (last - sorted.begin())));
  }
  return out;
}

// Half of the 95 % interval of the AUC when songs (clips of no song: each its own) are drawn again.
double bootstrap(const std::vector<Judged>& clips, const Row& row) {
  constexpr int kDraws = 200;
  std::map<int, std::vector<const Judged*>> by_song;
  int single = -1;
  for (const Judged& c : clips)
    if (row.human(*c.example) || row.negative(*c.example))
      by_song[c.example->song >= 0 ? c.example->song : --single].push_back(&c);
  std::vector<std::vector<const Judged*>> songs;
  for (auto& [song, list] : by_song) songs.push_back(list);
  std::mt19937_64 random(1);
  std::vector<double> draws;
  for (int i = 0; i < kDraws; i++) {
    std::vector<double> positive, negative;
    for (size_t j = 0; j < songs.size(); j++)
      for (const Judged* c : songs[random() % songs.size()])
        (row.human(*c->example) ? positive : negative).push_back(c->head);
    if (!positive.empty() && !negative.empty()) draws.push_back(auc(positive, negative));
  }
  return (percentile(draws, 0.975) - percentile(draws, 0.025)) / 2;
}

size_t humans(const std::vector<const Example*>& clips) {
  return static_cast<size_t>(std::count_if(clips.begin(), clips.end(), [](const Example* e) { return e->human(); }));
}

size_t count_of(const std::vector<Judged>& clips, Where where) {
  return static_cast<size_t>(
      std::count_if(clips.begin(), clips.end(), [&](const Judged& c) { return where(*c.example); }));
}

}  // namespace

double auc(std::vector<double> positives, std::vector<double> negatives) {
  std::sort(negatives.begin(), negatives.end());
  double wins = 0;
  for (double p : positives) {
    const auto [first, last] = std::equal_range(negatives.begin(), negatives.end(), p);
    wins += static_cast<double>(first - negatives.begin()) + 0.5 * static_cast<double>(last - first);
  }
  return wins / (static_cast<double>(positives.size()) * static_cast<double>(negatives.size()));
}

double pearson(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (size_t i = 0; i < a.size(); i++) ma += a[i] / n, mb += b[i] / n;
  for (size_t i = 0; i < a.size(); i++) {
    aa += (a[i] - ma) * (a[i] - ma), bb += (b[i] - mb) * (b[i] - mb), ab += (a[i] - ma) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) { return pearson(ranks(a), ranks(b)); }

double percentile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  if (values.size() < 2) return values.empty() ? 0 : values[0];
  const double x = p * static_cast<double>(values.size() - 1);
  const size_t i = std::min(values.size() - 2, static_cast<size_t>(x));
  return values[i] + (values[i + 1] - values[i]) * (x - static_cast<double>(i));
}

double rank_of(double x, const std::vector<double>& values) {
  const auto below = std::count_if(values.begin(), values.end(), [&](double v) { return v < x; });
  return 100.0 * static_cast<double>(below) / static_cast<double>(values.size());
}

std::string cross_validation_table(const std::vector<std::vector<Judged>>& folds) {
  constexpr double kStudent[] = {0, 0, 12.706, 4.303, 3.182, 2.776};  // 97.5 %, by the number of folds
  std::string out = "| human clips against | mean AUC | 95 % interval | folds |\n|---|---|---|---|\n";
  auto line = [&](const char* name, const std::vector<double>& values) {
    const double n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (double v : values) squares += (v - mean) * (v - mean);
    out += format("| %s | %.3f | ±%.3f |", name, mean,
                  values.size() > 1 ? kStudent[values.size()] * std::sqrt(squares / (n - 1) / n) : 0.0);
    for (double v : values) out += format(" %.3f", v);
    out += " |\n";
  };
  for (const Row& row : kRows) {
    std::vector<double> values;
    for (const auto& fold : folds) values.push_back(auc_of(fold, &Judged::logit, row));
    line(row.name, values);
  }
  std::vector<double> stars;
  for (const auto& fold : folds) {
    std::vector<double> logits, given;
    for (const Judged& c : fold)
      if (c.example->human() && c.example->stars >= 0) logits.push_back(c.logit), given.push_back(c.example->stars);
    stars.push_back(spearman(logits, given));
  }
  line("(Spearman with the moderators' stars)", stars);
  return out;
}

std::string auc_table(const std::vector<Judged>& held) {
  std::string out = "| human clips against | held-out AUC | 95 % interval | clips |\n|---|---|---|---|\n";
  for (const Row& row : kRows)
    out += format("| %s | %.3f | ±%.3f | %zu |\n", row.name, auc_of(held, &Judged::head, row), bootstrap(held, row),
                  count_of(held, row.negative));
  return out;
}

std::string headline(const std::vector<Judged>& held) {
  std::string out = "AUC";
  for (const Row& row : kRows) out += format(", %s %.3f", row.name, auc_of(held, &Judged::logit, row));
  return out;
}

std::string clip_counts(const Split& split) {
  return format("Clips: %zu (%zu human) for training, %zu (%zu human) held out. ", split.trained.size(),
                humans(split.trained), split.held.size(), humans(split.held));
}

std::string curve_row(const Split& split, const std::vector<Judged>& held) {
  return format("| %zu | %.3f | %.3f | %.3f |\n", humans(split.trained), auc_of(held, &Judged::logit, kRows[0]),
                auc_of(held, &Judged::logit, kRows[1]), auc_of(held, &Judged::logit, kRows[5]));
}

double int_float_pearson(const std::vector<Judged>& held) {
  const Where all = [](const Example&) { return true; };
  return pearson(pick(held, &Judged::head, all), pick(held, &Judged::logit, all));
}

std::string histogram(const std::vector<Judged>& held) {
  std::string out =
      "| held-out scores | 0-1 | 1-2 | 2-3 | 3-4 | 4-5 | 5-6 | 6-7 | 7-8 | 8-9 | 9-10 | median | best |\n";
  out += "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const char* kind : {"human", "mutant1", "mutant3", "mutant6", "shuffled", "looped", "random", "shifts", "idioms",
                           "program", "tune", "plain"}) {
    std::vector<double> scores;
    for (const Judged& c : held)
      if (c.example->kind == kind) scores.push_back(c.score);
    if (scores.empty()) continue;
    size_t bins[10] = {};
    for (double s : scores) bins[std::min(9, static_cast<int>(s))]++;
    out += format("| %s (%zu) |", kind, scores.size());
    for (size_t n : bins) out += format(" %zu |", n);
    out += format(" %.2f | %.2f |\n", percentile(scores, 0.5), *std::max_element(scores.begin(), scores.end()));
  }
  return out;
}

}  // namespace sotto::judge::train
