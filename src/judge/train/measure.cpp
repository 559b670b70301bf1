// SPDX-License-Identifier: Apache-2.0
#include "judge/train/measure.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>

#include "judge/net/scorer.h"
#include "judge/train/agents_search.h"
#include "judge/train/examples.h"
#include "judge/train/front_end.h"
#include "judge/train/portrait.h"
#include "judge/train/report.h"
#include "judge/train/standings.h"

namespace sotto::judge::train {
namespace {

constexpr size_t kTop = 10;
constexpr size_t kStarts = 8, kStartStep = 1000;  // samples

struct Options {
  std::string clips, judge;
  std::vector<std::string> songs, gold;
  size_t best = 0;
  bool json = false;
};

// The best clip of each song by people, whichever fold; then the best songs of the file.
Status print_best(const Options& options, const Network& net, const Clips& clips) {
  struct Row {
    double score;
    std::string name;
    std::vector<uint8_t> samples;
  };
  const Scorer scorer(net);
  const double unit = net.score_unit;
  std::map<int, Row> by_song;
  for (const Clip& c : clips.list) {
    if (!c.human()) continue;
    Row row{scorer.score(c.samples) / unit,
            format("song %d, from %.0f s, %u Hz, fold %d", c.song, c.second, c.rate, c.fold), c.samples};
    if (Row& kept = by_song[c.song]; kept.samples.empty() || row.score > kept.score) kept = std::move(row);
  }
  std::vector<Row> people, evolved;
  for (auto& [song, row] : by_song) people.push_back(std::move(row));
  std::stable_sort(people.begin(), people.end(), [](const Row& a, const Row& b) { return a.score > b.score; });
  if (!options.songs.empty()) {
    SOTTO_TRY(const auto songs, read_evolved(options.songs[0]));
    for (const Evolved& song : songs)
      evolved.push_back({scorer.score(song.samples) / unit, "`" + song.source + "`", song.samples});
  }
  const std::string heads = kPortraitHeads;
  for (std::vector<Row>* rows : {&people, &evolved}) {
    rows->resize(std::min(rows->size(), options.best));
    std::printf("| clip | score %s\n|---|---|---|---|---|---|---|\n", heads.c_str());
    for (const Row& row : *rows) {
      const auto features = scorer.features(row.samples);
      std::printf("| %s | %.2f |%s\n", row.name.c_str(), row.score,
                  portrait_cells(portrait(net, std::vector<uint16_t>(features.begin(), features.end()))).c_str());
    }
  }
  return ok_status();
}

// Of the scores of a clip that starts elsewhere and ends with its beginning: what it owes to where its notes fall.
void print_starts(const Network& net, const std::vector<Evolved>& songs) {
  const Scorer scorer(net);
  double as_judged = 0, mean = 0, least = 0;
  const size_t count = std::min(kTop, songs.size());
  for (size_t i = 0; i < count; i++) {
    std::vector<uint8_t> samples = songs[i].samples;
    double sum = 0, lowest = scorer.score(samples);
    as_judged += lowest;
    for (size_t start = 0; start < kStarts; start++) {
      const double score = scorer.score(samples);
      sum += score, lowest = std::min(lowest, score);
      std::rotate(samples.begin(), samples.begin() + kStartStep, samples.end());
    }
    mean += sum / kStarts, least += lowest;
  }
  const double unit = static_cast<double>(count) * net.score_unit;
  std::printf("the first %zu: score %.2f; over %zu starts, %zu samples apart: mean %.2f, lowest %.2f\n", count,
              as_judged / unit, kStarts, kStartStep, mean / unit, least / unit);
}

// Percentiles among the human clips: of the best under this judge, of the first of the file, mean of its first ten.
Status rank_songs(const Network& net, const std::string& file, const std::vector<double>& human) {
  SOTTO_TRY(const auto songs, read_evolved(file));
  if (songs.empty()) return input_error(file + " holds no song that sounds");
  const Scorer scorer(net);
  std::vector<double> ranks;
  for (const Evolved& song : songs) ranks.push_back(rank_of(scorer.head(song.samples), human));
  const size_t top = std::min(kTop, ranks.size());
  double sum = 0;
  for (size_t i = 0; i < top; i++) sum += ranks[i];
  std::printf("%s: %zu songs; percentile of the first %.1f, mean of the first %zu %.1f, highest of all %.1f\n",
              file.c_str(), ranks.size(), ranks[0], top, sum / static_cast<double>(top),
              *std::max_element(ranks.begin(), ranks.end()));
  print_starts(net, songs);
  return ok_status();
}

void leave_first_fold(Clips& clips) {
  std::erase_if(clips.list, [](const Clip& c) { return c.fold != 0; });
}

Status print_standings(const Options& options, const Clips& clips) {
  std::vector<Witness> witnesses;
  std::vector<std::string> judges = {options.judge};
  judges.insert(judges.end(), options.gold.begin(), options.gold.end());
  for (const std::string& file : judges) {
    SOTTO_TRY(Witness one, witness(file, clips));
    witnesses.push_back(std::move(one));
  }
  std::vector<SongsStanding> rows;
  for (const std::string& file : options.songs) {
    SOTTO_TRY(SongsStanding row, standing_of(file, witnesses));
    rows.push_back(std::move(row));
  }
  if (options.json)
    std::printf("%s\n", standings_json(witnesses, rows).dump(2).c_str());
  else
    std::printf("%s", standings_table(witnesses, rows).c_str());
  return ok_status();
}

Status measure_on_clips(const Options& options, Clips clips) {
  SOTTO_TRY(const Network net, read_judge(options.judge));
  const Network front_end = make_front_end(net.hop_bits == 9 ? 9 : 8);
  if (net.dft != front_end.dft || net.mel != front_end.mel || net.log_table != front_end.log_table ||
      net.dft_bias != front_end.dft_bias)
    return input_error(options.judge + " hears with another front end than sotto-train's");
  if (options.best > 0) return print_best(options, net, clips);
  leave_first_fold(clips);
  const auto examples = make_examples(net, std::move(clips));
  const Scorer scorer(net);
  std::vector<Judged> judged;
  std::vector<double> human;
  for (const Example* e : split(examples, 0).held) {
    const uint32_t head = scorer.head_of(std::vector<uint32_t>(e->features.begin(), e->features.end()));
    judged.push_back({e, static_cast<double>(head), static_cast<double>(head),
                      scorer.score_of(head) / static_cast<double>(net.score_unit)});
    if (e->human()) human.push_back(head);
  }
  std::printf("%s\n%s\n", auc_table(judged).c_str(), histogram(judged).c_str());
  for (const std::string& file : options.songs) SOTTO_TRY_STATUS(rank_songs(net, file, human));
  return ok_status();
}

Status measure(const Options& options) {
  SOTTO_TRY(Clips clips, read_clips(options.clips));
  if (options.gold.empty() && !options.json) return measure_on_clips(options, std::move(clips));
  leave_first_fold(clips);
  return print_standings(options, clips);
}

}  // namespace

int measure_main(int argc, char** argv) {
  CLI::App app(
      "Measure a finished judge on the clips of the first fold, which the shipped judges were not trained on.\n"
      "With --gold or --json: only where songs that a search found stand among the clips of people there, by the "
      "judge\n"
      "that was attacked and by others: a row of \"Known exploits\" on its card for every --songs.",
      "sotto-train measure");
  Options o;
  app.add_option("--clips", o.clips, "As tools/render_corpus.mjs writes them")->required();
  app.add_option("--judge", o.judge, "The judge measured; the one that was attacked")->required();
  auto* songs =
      app.add_option("--songs", o.songs, "Songs as `sotto judge attack --songs` writes them; may be repeated");
  app.add_option("--gold", o.gold, "Another judge, which that search never asked; may be repeated")->needs(songs);
  app.add_flag("--json", o.json, "Print the standings of the songs as one JSON object")->needs(songs);
  app.add_option("--best", o.best, "The so many best songs of people and of the first --songs, in a few numbers");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  const Status status = measure(o);
  if (status.ok()) return 0;
  std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
  return static_cast<int>(status.error().kind);
}

}  // namespace sotto::judge::train
