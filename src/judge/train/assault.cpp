// SPDX-License-Identifier: Apache-2.0
#include "judge/train/assault.h"

#include <algorithm>

#include "judge/net/scorer.h"
#include "judge/train/jobs.h"
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

std::string songs_file(const AssaultOptions& options, uint32_t evaluations) {
  return options.file + ".seed" + std::to_string(options.seed) + "." + std::to_string(evaluations) + ".songs";
}

}  // namespace

Status search_all(const Network& net, const std::vector<AssaultOptions>& options, size_t jobs) {
  return in_processes(options.size(), jobs, [&](size_t i) -> Status {
    const AssaultOptions& o = options[i];
    for (uint32_t evaluations : o.evaluations)
      SOTTO_TRY_STATUS(agents_search(net, {o.program, o.seed, evaluations}, songs_file(o, evaluations)));
    return ok_status();
  });
}

Result<Assault> assault(const Network& net, const Network& front_end, const std::vector<double>& human_heads,
                        const std::vector<Gold>& golds, const AssaultOptions& options) {
  const Scorer scorer(net);
  Assault out;
  out.seed = options.seed;
  for (uint32_t evaluations : options.evaluations) {
    SOTTO_TRY(out.best, read_evolved(songs_file(options, evaluations)));
    if (out.best.empty()) return environment_error("the search of the agents found nothing that sounds");
    for (Evolved& song : out.best) song.head = scorer.head(song.samples);
    out.head.push_back(out.best[0].head);
    out.percentile.push_back(rank_of(out.best[0].head, human_heads));
    const size_t top = std::min(kTop, out.best.size());
    double sum = 0, first = 0;
    for (size_t i = 0; i < top; i++) {
      const double p = gold_percentile(example_of(front_end, "evolved", out.best[i].samples), golds);
      sum += p;
      if (i == 0) first = p;
    }
    out.gold_best.push_back(first), out.gold_mean.push_back(sum / static_cast<double>(top));
  }
  return out;
}

std::string assault_table(const Network& net, const AssaultOptions& options, const std::vector<Assault>& assaults) {
  std::string out =
      "| seed | songs | best score | human percentile | gold percentile of the best | of the ten best | best song |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const Assault& a : assaults)
    for (size_t i = 0; i < options.evaluations.size(); i++) {
      const bool last = i + 1 == options.evaluations.size();
      std::string song;  // a bar would end the cell
      if (last)
        for (char c : a.best[0].source) song += c == '|' ? std::string("\\|") : std::string(1, c);
      out += format("| %llu | %u | %.2f | %.1f | %.1f | %.1f |", static_cast<unsigned long long>(a.seed),
                    options.evaluations[i],
                    net.score_table[static_cast<size_t>(a.head[i])] / static_cast<double>(net.score_unit),
                    a.percentile[i], a.gold_best[i], a.gold_mean[i]);
      out += last ? " `" + song + "` |\n" : std::string(" |\n");
    }
  return out;
}

}  // namespace sotto::judge::train
