// SPDX-License-Identifier: Apache-2.0
#include "judge/train/mentor_report.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "judge/train/agents_search.h"
#include "judge/train/front_end.h"
#include "judge/train/mentor.h"
#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

constexpr size_t kTop = 10;

struct Options {
  std::string clips;
  std::vector<std::string> songs;
  unsigned folds = kFolds;
  uint64_t seed = 1;
};

// The opinions of a mentor that learned without the fold.
Result<std::vector<Judged>> held_out(const Mentor& mentor, const Split& clips) {
  std::vector<Judged> out;
  for (const Example* e : clips.held) {
    SOTTO_TRY(const float opinion, mentor.opinion(*e));
    out.push_back({e, double{opinion}, 0, 0});
  }
  return out;
}

// Percentiles among the held-out clips of people.
Status rank_songs(const Mentor& mentor, const Network& front_end, const std::string& file,
                  const std::vector<double>& human) {
  SOTTO_TRY(const auto songs, read_evolved(file));
  if (songs.empty()) return input_error(file + " holds no song that sounds");
  const size_t top = std::min(kTop, songs.size());
  double first = 0, sum = 0;
  for (size_t i = 0; i < top; i++) {
    SOTTO_TRY(const float opinion, mentor.opinion(example_of(front_end, "evolved", songs[i].samples)));
    const double rank = rank_of(double{opinion}, human);
    sum += rank;
    if (i == 0) first = rank;
  }
  std::printf("%s: percentile of the best %.1f, mean of the %zu best %.1f\n", file.c_str(), first, top,
              sum / static_cast<double>(top));
  return ok_status();
}

Status report(const Options& options) {
  const Network front_end = make_front_end();
  SOTTO_TRY(Clips clips, read_clips(options.clips));
  const std::vector<Example> examples = make_examples(front_end, std::move(clips));
  std::vector<std::vector<Judged>> folds;
  for (unsigned fold = 0; fold < options.folds; fold++) {
    const Split parts = split(examples, static_cast<int>(fold));
    SOTTO_TRY(const Mentor mentor, Mentor::learn(parts.trained, front_end.bands, options.seed));
    SOTTO_TRY(auto judged, held_out(mentor, parts));
    std::fprintf(stderr, "fold %u: %s\n", fold, headline(judged).c_str());
    std::vector<double> human;
    for (const Judged& j : judged)
      if (j.example->human()) human.push_back(j.logit);
    for (size_t i = 0; fold == 0 && i < options.songs.size(); i++)
      SOTTO_TRY_STATUS(rank_songs(mentor, front_end, options.songs[i], human));
    folds.push_back(std::move(judged));
  }
  if (folds.size() > 1) std::printf("%s", cross_validation_table(folds).c_str());
  return ok_status();
}

}  // namespace

int mentor_main(int argc, char** argv) {
  CLI::App app(
      "Measure the mentor, which teaches judges (`sotto judge train --mentor`), on the clips of authors that it has "
      "not seen, and\n"
      "ask the one that has not seen the first fold where songs stand among the people's clips there.",
      "sotto-train mentor");
  Options o;
  app.add_option("--clips", o.clips, "As tools/render_corpus.mjs writes them")->required();
  app.add_option("--songs", o.songs, "Songs as `sotto judge attack --songs` writes them; may be repeated");
  app.add_option("--folds", o.folds, "Only the first folds")->check(CLI::Range(1u, unsigned{kFolds}));
  app.add_option("--seed", o.seed, "As of the training");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  const Status status = report(o);
  if (status.ok()) return 0;
  std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
  return static_cast<int>(status.error().kind);
}

}  // namespace sotto::judge::train
