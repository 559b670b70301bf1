// SPDX-License-Identifier: Apache-2.0
#include "judge/train/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

namespace sotto::judge::train {
namespace {

const char* const kKinds[] = {"random", "idioms", "mutant1", "mutant3", "mutant6", "shuffled", "plain"};

template <class... T>
std::string format(const char* pattern, T... values) {
  char line[300];
  std::snprintf(line, sizeof line, pattern, values...);
  return line;
}

using Where = std::function<bool(const Judged&)>;

std::vector<double> pick(const std::vector<Judged>& clips, double Judged::*value, const Where& where) {
  std::vector<double> out;
  for (const Judged& c : clips)
    if (where(c)) out.push_back(c.*value);
  return out;
}

std::string auc_table(const std::vector<Judged>& clips) {
  std::string out = "| human clips against | held-out AUC | clips | AUC on the training side |\n|---|---|---|---|\n";
  auto row = [&](const char* name, const Where& negative) {
    auto side = [&](bool test) {
      return auc(pick(clips, &Judged::head, [&](const Judged& c) { return c.test == test && c.kind == "human"; }),
                 pick(clips, &Judged::head, [&](const Judged& c) { return c.test == test && negative(c); }));
    };
    const size_t count = pick(clips, &Judged::head, [&](const Judged& c) { return c.test && negative(c); }).size();
    out += format("| %s | %.3f | %zu | %.3f |\n", name, side(true), count, side(false));
  };
  row("random programs", [](const Judged& c) { return c.kind == "random"; });
  row("random programs made of idioms", [](const Judged& c) { return c.kind == "idioms"; });
  row("all mutants", [](const Judged& c) { return c.kind.starts_with("mutant"); });
  row("mutants, 1 edit", [](const Judged& c) { return c.kind == "mutant1"; });
  row("mutants, 3 edits", [](const Judged& c) { return c.kind == "mutant3"; });
  row("mutants, 6 edits", [](const Judged& c) { return c.kind == "mutant6"; });
  row("songs with their blocks shuffled", [](const Judged& c) { return c.kind == "shuffled"; });
  row("silence, tones, noise", [](const Judged& c) { return c.kind == "plain"; });
  row("random programs and mutants", [](const Judged& c) { return c.kind == "random" || c.kind.starts_with("mutant"); });
  row("everything", [](const Judged& c) { return c.kind != "human"; });
  return out;
}

std::string histogram(const std::vector<Judged>& clips) {
  std::string out = "| held-out scores | 0-1 | 1-2 | 2-3 | 3-4 | 4-5 | 5-6 | 6-7 | 7-8 | 8-9 | 9-10 | median | best |\n";
  out += "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  auto row = [&](const char* kind) {
    const auto scores = pick(clips, &Judged::score, [&](const Judged& c) { return c.test && c.kind == kind; });
    if (scores.empty()) return;
    size_t bins[10] = {};
    for (double s : scores) bins[std::min(9, static_cast<int>(s))]++;
    out += format("| %s (%zu) |", kind, scores.size());
    for (size_t n : bins) out += format(" %zu |", n);
    out += format(" %.2f | %.2f |\n", percentile(scores, 0.5), *std::max_element(scores.begin(), scores.end()));
  };
  row("human");
  for (const char* kind : kKinds) row(kind);
  return out;
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

double percentile(std::vector<double> values, double p) {
  std::sort(values.begin(), values.end());
  const double x = p * static_cast<double>(values.size() - 1);
  const size_t i = std::min(values.size() - 2, static_cast<size_t>(x));
  return values[i] + (values[i + 1] - values[i]) * (x - static_cast<double>(i));
}

std::string figures(const std::vector<Judged>& clips, const Summary& summary) {
  const Where test = [](const Judged& c) { return c.test; };
  auto count = [&](bool on_test) {
    return pick(clips, &Judged::head, [&](const Judged& c) { return c.test == on_test && c.kind == "human"; }).size();
  };
  std::string out = format("%zu learned weights and biases. Clips: %zu (%zu human) for training, %zu (%zu human) held out.\n\n",
                           summary.weights, clips.size() - pick(clips, &Judged::head, test).size(), count(false),
                           pick(clips, &Judged::head, test).size(), count(true));
  out += auc_table(clips) + "\n" + histogram(clips) + "\n";
  out += format("Integer head against the float network, held-out clips: Pearson %.6f.\n",
                pearson(pick(clips, &Judged::head, test), pick(clips, &Judged::logit, test)));
  out += format("Speed where it was trained: %.0f songs of 10 s per second on one core (%s path).\n",
                summary.songs_per_second, summary.cpu_path.c_str());
  return out;
}

}  // namespace sotto::judge::train
