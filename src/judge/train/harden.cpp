// SPDX-License-Identifier: Apache-2.0
#include "judge/train/harden.h"

#include <algorithm>
#include <cmath>

#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

constexpr size_t kTop = 10;

// Mean over the judges.
double gold_percentile(const Example& song, const std::vector<Gold>& golds) {
  double sum = 0;
  for (const Gold& gold : golds) sum += rank_of(evaluate(gold.model, song.features), gold.human);
  return sum / static_cast<double>(golds.size());
}

}  // namespace

Assault assault(const Network& net, const Network& front_end, const std::vector<double>& human_heads, const std::vector<Gold>& golds,
                const AttackOptions& options) {
  AttackReport report = attack(net, options);
  Assault out{options.seed, report.climb, {}, 0, 0, std::move(report.best)};
  for (double head : out.climb) out.percentile.push_back(rank_of(head, human_heads));
  for (size_t i = 0; i < std::min(kTop, out.best.size()); i++) {
    const double p = gold_percentile(example_of(front_end, "evolved", out.best[i].samples), golds);
    if (i == 0) out.gold_best = p;
    out.gold_mean += p / static_cast<double>(std::min(kTop, out.best.size()));
  }
  return out;
}

std::vector<Example> lessons(const std::vector<Assault>& assaults, const Network& front_end, const std::vector<Gold>& labellers) {
  std::vector<Example> out;
  for (const Assault& a : assaults)
    for (const Evolved& song : a.best) {
      Example e = example_of(front_end, "evolved", song.samples);
      double p = 0;
      for (const Gold& gold : labellers) p += 1 / (1 + std::exp(-evaluate(gold.model, e.features)));
      e.target = static_cast<float>(p / static_cast<double>(labellers.size()));
      out.push_back(std::move(e));
    }
  return out;
}

std::string assault_header(const AttackOptions& options) {
  std::string out = "| judge | seed |", rule = "|---|---|";
  for (size_t n : options.evaluations) out += format(" human percentile after %zu |", n), rule += "---|";
  return out + " gold percentile of the best | of the ten best | best song |\n" + rule + "---|---|---|\n";
}

std::string assault_rows(const std::string& named, const std::vector<Assault>& assaults) {
  std::string out;
  for (const Assault& a : assaults) {
    out += "| " + named + format(" | %llu |", static_cast<unsigned long long>(a.seed));
    for (double p : a.percentile) out += format(" %.1f |", p);
    std::string song;  // a bar would end the cell
    for (char c : a.best[0].source) song += c == '|' ? std::string("\\|") : std::string(1, c);
    out += format(" %.1f | %.1f |", a.gold_best, a.gold_mean) + " `" + song + "` |\n";
  }
  return out;
}

}  // namespace sotto::judge::train
