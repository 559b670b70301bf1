// SPDX-License-Identifier: Apache-2.0
// sotto judge attack: the agents' search against a judge, and what human songs and other judges say of what it finds.
#include <unistd.h>

#include <cinttypes>
#include <cstdio>

#include "cli/judge.h"
#include "cli/output.h"
#include "contest/mind/attack.h"
#include "contest/swarm/interrupt.h"
#include "judge/eval/distribution_picture.h"
#include "judge/eval/metrics.h"
#include "judge/net/uncapped.h"

namespace sotto::cli {
namespace {

using judge::ClipKind;

struct Options {
  JudgeInput judge;
  std::string file, corpus, picture, songs;
  std::vector<std::string> gold;
  uint64_t evaluations = 10'000, seed = 1;
  unsigned slots = 32;
  bool curve_songs = false, uncapped = false, json = false;
};

constexpr uint64_t kFirstPointWithSongs = 1000;  // before that the search has hardly begun

// What a judge makes of the human songs, and where the evolved ones stand among them.
struct Standing {
  std::string name;
  std::vector<double> ranks;  // of the evolved songs, best first: percentiles among human songs
  judge::JudgedCorpus judged;
  double median() const { return judge::percentile(ranks, 0.5); }
};

Result<Standing> standing_of(const LoadedJudge& judge, const judge::Corpus& corpus, uint64_t seed,
                             const contest::Attack& attack) {
  Standing out{judge.name, {}, {}};
  SOTTO_TRY(out.judged, judge_all(corpus, judge, seed));
  const std::vector<double> human = out.judged.heads(ClipKind::kHuman);
  for (const contest::Song& song : attack.best)
    out.ranks.push_back(judge::percentile_rank(human, judge.scorer.head(song.samples)));
  return out;
}

// Every line says which search it is from, so that a table of several can be made of the files alone.
Status write_songs(const std::string& path, const Options& o, const contest::Attack& attack, uint32_t unit) {
  std::string text;
  for (const contest::Song& song : attack.best) {
    const Json line = {{"code", song.source},
                       {"mode", "Bytebeat"},
                       {"sample_rate", sound::kSampleRate},
                       {"score", score_number(song.scored.score, unit)},
                       {"instructions", song.scored.instructions},
                       {"seed", o.seed},
                       {"evaluations", attack.curve.back().evaluations}};
    text += line.dump() + "\n";
  }
  return write_file_atomically(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

Status draw(const std::string& path, const Standing& standing, const contest::Attack& attack,
            const judge::Network& net) {
  std::vector<double> evolved;
  for (const contest::Song& song : attack.best) evolved.push_back(score_number(song.scored.score, net.score_unit));
  const auto scores = [&](ClipKind kind) { return shown_scores(standing.judged, {kind}, net.score_unit); };
  return judge::write_distributions(path, "Scores of people, chance and evolution",
                                    {{"human songs", scores(ClipKind::kHuman)},
                                     {"random programs", scores(ClipKind::kRandom)},
                                     {"evolved songs", evolved}},
                                    score_number(judge::max_score(net), net.score_unit));
}

// A search that heard heads, with the judge's scores in their place.
contest::Attack in_scores(contest::Attack attack, const judge::Network& net) {
  for (contest::AttackPoint& p : attack.curve) p.best = net.score_table[p.best];
  for (contest::Song& song : attack.best) song.scored.score = net.score_table[song.scored.score];
  return attack;
}

contest::AttackOptions attack_options(const Options& o, const judge::Network& net) {
  contest::AttackOptions attack;
  attack.seed = o.seed, attack.evaluations = o.evaluations;
  attack.keep = 100;
  attack.stop = contest::interrupted;
  if (isatty(STDERR_FILENO))
    attack.progress = [&o, &net](uint64_t done, uint32_t best) {
      const uint32_t score = o.uncapped ? net.score_table[best] : best;
      std::fprintf(stderr, "\r%" PRIu64 " songs, best %.2f ", done, score_number(score, net.score_unit));
    };
  return attack;
}

Json as_json(const Standing& s) {
  return {{"judge", s.name}, {"best", s.ranks.front()}, {"median_of_kept", s.median()}};
}

void print_json_report(const Options& o, const contest::Attack& attack, uint32_t unit,
                       const std::vector<Standing>& standings) {
  Json curve = Json::array(), gold = Json::array();
  for (const contest::AttackPoint& p : attack.curve)
    curve.push_back({{"evaluations", p.evaluations}, {"best", score_number(p.best, unit)}});
  for (size_t i = 1; i < standings.size(); i++) gold.push_back(as_json(standings[i]));
  print_json({{"evaluations", attack.curve.back().evaluations},
              {"seed", o.seed},
              {"best_score", score_number(attack.curve.back().best, unit)},
              {"human_percentile", standings.empty() ? Json(nullptr) : Json(standings.front().ranks.front())},
              {"human_songs", standings.empty() ? Json(nullptr) : Json(standings.front().judged.heard)},
              {"kept", attack.best.size()},
              {"curve", curve},
              {"gold", gold}});
}

void print_report(const contest::Attack& attack, uint32_t unit, const std::vector<Standing>& standings) {
  char text[160];
  for (const contest::AttackPoint& p : attack.curve) {
    std::snprintf(text, sizeof text, "best %.2f", score_number(p.best, unit));
    print_field((std::to_string(p.evaluations) + " songs").c_str(), text);
  }
  if (standings.empty()) return print_text("Without --corpus nothing says how people's songs compare.");
  std::snprintf(
      text, sizeof text, "the best stands at percentile %.1f of %zu human songs; the %zu kept at %.1f (median)",
      standings[0].ranks.front(), standings[0].judged.heard, standings[0].ranks.size(), standings[0].median());
  print_field("among people's", text);
  for (size_t i = 1; i < standings.size(); i++) {
    std::snprintf(text, sizeof text, "percentile %.1f for the best, %.1f for the kept (median)",
                  standings[i].ranks.front(), standings[i].median());
    print_field("gold judge", standings[i].name + ": " + text);
  }
}

// Under the judge itself first, then under every gold judge. Nothing without a corpus.
Result<std::vector<Standing>> standings_of(const Options& o, const LoadedJudge& judge, const contest::Attack& attack) {
  std::vector<Standing> out;
  if (o.corpus.empty()) return out;
  SOTTO_TRY(const judge::Corpus corpus, judge::read_corpus(o.corpus));
  SOTTO_TRY(Standing own, standing_of(judge, corpus, o.seed, attack));
  out.push_back(std::move(own));
  for (const std::string& file : o.gold) {
    SOTTO_TRY(const auto gold, load_judge({file}));
    SOTTO_TRY(Standing standing, standing_of(*gold, corpus, o.seed, attack));
    out.push_back(std::move(standing));
  }
  return out;
}

Status run_attack(Options o) {
  contest::catch_interrupts();
  if (!o.file.empty()) o.judge.file = o.file;
  SOTTO_TRY(const sound::SizeClass size, contest::size_class(o.slots));
  SOTTO_TRY(const auto judge, load_judge(o.judge));
  const uint32_t unit = judge->net.score_unit;
  contest::AttackOptions options = attack_options(o, judge->net);
  const auto shown = [&](const contest::Attack& heard) { return o.uncapped ? in_scores(heard, judge->net) : heard; };
  Status written = ok_status();
  if (o.curve_songs)
    options.point = [&](const contest::Attack& so_far) {
      const uint64_t done = so_far.curve.back().evaluations;
      if (done < kFirstPointWithSongs || done == o.evaluations || !written.ok()) return;
      written = write_songs(o.songs + "." + std::to_string(done), o, shown(so_far), unit);
    };
  const contest::Listener listener(o.uncapped ? judge::uncapped(judge->net) : judge->net);
  const contest::Attack attack = shown(contest::attack(options, listener, size));
  if (contest::interrupted()) return contest::interrupted_error();
  SOTTO_TRY_STATUS(written);
  if (attack.best.empty()) return rejected("the search found no song that sounds");
  if (!o.songs.empty()) SOTTO_TRY_STATUS(write_songs(o.songs, o, attack, unit));
  SOTTO_TRY(const std::vector<Standing> standings, standings_of(o, *judge, attack));
  if (!o.picture.empty()) SOTTO_TRY_STATUS(draw(o.picture, standings.front(), attack, judge->net));
  o.json ? print_json_report(o, attack, unit, standings) : print_report(attack, unit, standings);
  return ok_status();
}

}  // namespace

void add_judge_attack(Verbs& verbs, CLI::App* judge) {
  CLI::App* verb = verbs.add("attack", "Let the agents' search attack a judge: how high does it drive a song?", judge);
  auto o = std::make_shared<Options>();
  verb->add_option("file", o->file, "A *.judge file; without it the shipped judge");
  verb->add_option("--evaluations", o->evaluations, "Songs that the judge hears")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000'000));
  verb->add_option("--seed", o->seed, "Same seed, same songs")->capture_default_str();
  add_slots(verb, o->slots, "Size class of songs: 16, 32 or 64 instructions");
  auto* corpus = verb->add_option("--corpus", o->corpus, "Human songs, for percentiles: as for `sotto judge eval`");
  verb->add_option("--gold", o->gold, "Independent judges that rank the evolved songs too")->needs(corpus);
  verb->add_option("--picture", o->picture, "Draw people's, random and evolved scores into this .svg or .png file")
      ->needs(corpus);
  auto* songs =
      verb->add_option("--songs", o->songs, "Write the 100 best songs into this file, one JSON object per line");
  verb->add_flag("--curve-songs", o->curve_songs,
                 "Also the 100 best after 1,000, 10,000 ... songs, into FILE.1000, FILE.10000 ...")
      ->needs(songs);
  verb->add_flag(
      "--uncapped", o->uncapped,
      "The search hears the judge's output before the table of scores, so that it goes on beyond the highest "
      "score; agents in a contest do not");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return run_attack(*o); });
}

}  // namespace sotto::cli
