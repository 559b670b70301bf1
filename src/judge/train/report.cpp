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
  std::string out = "| human clips against | held-out AUC | clips |\n";
  out += "|---|---|---|\n";
  auto row = [&](const char* name, const Where& negative) {
    auto heads = [&](const Where& where) {
      return pick(clips, &Judged::head, [&](const Judged& c) { return c.side == Side::kTest && where(c); });
    };
    const Where human = [](const Judged& c) { return c.kind == "human"; };
    const double held_out = auc(heads(human), heads(negative));
    out += format("| %s | %.3f | %zu |\n", name, held_out, heads(negative).size());
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
    const auto scores = pick(clips, &Judged::score, [&](const Judged& c) { return c.side == Side::kTest && c.kind == kind; });
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

Validation validate(const std::string& name, const std::vector<Judged>& clips) {
  auto logits = [&](const Where& where) {
    return pick(clips, &Judged::logit, [&](const Judged& c) { return c.side == Side::kValid && where(c); });
  };
  const auto human = logits([](const Judged& c) { return c.kind == "human"; });
  return {name, auc(human, logits([](const Judged& c) { return c.kind == "random"; })),
          auc(human, logits([](const Judged& c) { return c.kind == "idioms"; })),
          auc(human, logits([](const Judged& c) { return c.kind.starts_with("mutant"); }))};
}

std::string validation_table(const std::vector<Validation>& candidates) {
  std::string out = "| settings | validation AUC: random | idioms | mutants | mean |\n|---|---|---|---|---|\n";
  for (const Validation& v : candidates)
    out += format("| %s | %.3f | %.3f | %.3f | %.3f |\n", v.name.c_str(), v.random, v.idioms, v.mutants, v.mean());
  return out;
}

std::string clip_counts(const std::vector<Clip>& clips) {
  size_t all[2] = {}, human[2] = {};
  for (const Clip& c : clips) all[c.side == Side::kTest]++, human[c.side == Side::kTest] += c.human();
  return format("Clips: %zu (%zu human) for training, %zu (%zu human) held out. ", all[0], human[0], all[1], human[1]);
}

std::string figures(const std::vector<Judged>& clips, size_t weights) {
  std::string out = format("%zu learned weights and biases.\n\n", weights);
  const Where test = [](const Judged& c) { return c.side == Side::kTest; };
  out += auc_table(clips) + "\n" + histogram(clips) + "\n";
  out += format("Integer head against the float network, held-out clips: Pearson %.6f.\n",
                pearson(pick(clips, &Judged::head, test), pick(clips, &Judged::logit, test)));
  return out;
}

std::string attack_table(const AttackOptions& options, const std::vector<AttackReport>& attacks) {
  std::string out = format("| seed | median of %zu random | 90 %% | 99 %% | best |", options.random_programs);
  for (size_t n : options.evaluations) out += format(" after %zu more |", n);
  out += " song |\n|---|---|---|---|---|";
  for (size_t i = 0; i < options.evaluations.size(); i++) out += "---|";
  out += "---|\n";
  uint64_t seed = options.seed;
  for (const AttackReport& a : attacks) {
    out += format("| %llu | %.2f | %.2f | %.2f | %.2f |", static_cast<unsigned long long>(seed++), a.median, a.p90, a.p99, a.best);
    for (double score : a.climb) out += format(" %.2f |", score);
    std::string song;  // a bar would end the cell
    for (char c : a.song) song += c == '|' ? std::string("\\|") : std::string(1, c);
    out += " `" + song + "` |\n";
  }
  return out;
}

}  // namespace sotto::judge::train
