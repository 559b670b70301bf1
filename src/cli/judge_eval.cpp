// SPDX-License-Identifier: Apache-2.0
// sotto judge eval (how well a judge tells people's songs from what is worse) and sotto judge compare (two judges).
#include <cstdio>

#include "cli/judge.h"
#include "cli/output.h"
#include "contest/swarm/interrupt.h"
#include "judge/eval/distribution_picture.h"
#include "judge/eval/metrics.h"

namespace sotto::cli {
namespace {

using judge::ClipKind;

struct EvalOptions {
  JudgeInput judge;
  std::string file, corpus, picture;
  uint64_t seed = 1;
  bool json = false;
};

std::string three(const std::optional<double>& value) {
  if (!value) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", *value);
  return text;
}

Json as_json(const judge::Evaluation& e, const judge::JudgedCorpus& judged, const judge::Corpus& corpus) {
  Json clips;
  for (size_t k = 0; k < judge::kClipKinds; k++) clips[judge::kClipKindNames[k]] = e.clips[k];
  return {{"auc_random", json_or_null(e.auc_random)},
          {"auc_mutants", json_or_null(e.auc_mutants)},
          {"auc_shuffled", json_or_null(e.auc_shuffled)},
          {"spearman_rating", json_or_null(e.spearman_rating)},
          {"auc_mutants_by_edits", {{"1", json_or_null(e.auc_mutants_by_edits[0])}, {"3", json_or_null(e.auc_mutants_by_edits[1])},
                                    {"6", json_or_null(e.auc_mutants_by_edits[2])}}},
          {"songs", {{"in_corpus", judged.songs + corpus.left_out}, {"left_out", corpus.left_out}, {"heard", judged.heard}, {"rated", e.rated}}},
          {"clips", clips}};
}

void print_evaluation(const judge::Evaluation& e, const judge::JudgedCorpus& judged, const judge::Corpus& corpus) {
  print_field("songs", std::to_string(judged.heard) + " of " + std::to_string(judged.songs) + " compile and sound; " +
                           std::to_string(corpus.left_out) + " more are no bytebeat formula");
  print_field("AUC random", three(e.auc_random) + "  against random programs");
  print_field("AUC mutants", three(e.auc_mutants) + "  (1 edit " + three(e.auc_mutants_by_edits[0]) + ", 3 edits " +
                                 three(e.auc_mutants_by_edits[1]) + ", 6 edits " + three(e.auc_mutants_by_edits[2]) + ")");
  print_field("AUC shuffled", three(e.auc_shuffled) + "  against the same songs with their blocks in random order");
  print_field("stars", "Spearman " + three(e.spearman_rating) + " over " + std::to_string(e.rated) + " rated songs");
}

Status draw(const std::string& path, const judge::JudgedCorpus& judged, const judge::Network& net) {
  const auto scores = [&](std::vector<ClipKind> kinds) { return shown_scores(judged, kinds, net.score_unit); };
  return judge::write_distributions(path, "Scores by kind of sound",
                                    {{"human songs", scores({ClipKind::kHuman})},
                                     {"random programs", scores({ClipKind::kRandom})},
                                     {"mutants", scores({ClipKind::kMutant1, ClipKind::kMutant3, ClipKind::kMutant6})},
                                     {"shuffled songs", scores({ClipKind::kShuffled})}},
                                    score_number(judge::max_score(net), net.score_unit));
}

Status eval(EvalOptions o) {
  contest::catch_interrupts();
  if (!o.file.empty()) o.judge.file = o.file;
  SOTTO_TRY(const auto judge, load_judge(o.judge));
  SOTTO_TRY(const judge::Corpus corpus, judge::read_corpus(o.corpus));
  SOTTO_TRY(const judge::JudgedCorpus judged, judge_all(corpus, *judge, o.seed));
  const judge::Evaluation e = judge::evaluate(judged, corpus);
  const double speed = judge::songs_per_second(corpus, judge->scorer);
  const std::optional<double> pearson = judge::pearson_of_card(judge->net.card);
  if (!o.picture.empty()) SOTTO_TRY_STATUS(draw(o.picture, judged, judge->net));
  if (o.json) {
    Json json = as_json(e, judged, corpus);
    json["songs_per_second"] = speed;
    json["int_float_pearson"] = json_or_null(pearson);
    json["int_float_pearson_source"] = pearson ? Json("card") : Json(nullptr);
    json["judge"] = to_hex(judge::judge_digest(judge->net));
    json["seed"] = o.seed;
    print_json(json);
    return ok_status();
  }
  print_evaluation(e, judged, corpus);
  char text[64];
  std::snprintf(text, sizeof text, "%.0f songs per second and core, rendering included", speed);
  print_field("speed", text);
  print_field("integers", pearson ? "Pearson with the float network " + std::to_string(*pearson) + ", says the card"
                                  : "no float network to compare with, and the card says nothing of it");
  print_text("Songs that the judge was trained on count too; its card says which these are.");
  return ok_status();
}

struct CompareOptions {
  std::string first, second, corpus;
  uint64_t seed = 1;
  bool json = false;
};

struct Correlations {
  double human_rank = 0, human_pearson = 0, all_rank = 0, all_pearson = 0;
};

Correlations correlate(const judge::JudgedCorpus& a, const judge::JudgedCorpus& b) {
  std::vector<double> all_a, all_b;
  for (size_t i = 0; i < a.clips.size(); i++) {
    all_a.push_back(a.clips[i].head);
    all_b.push_back(b.clips[i].head);
  }
  const auto human_a = a.heads(ClipKind::kHuman), human_b = b.heads(ClipKind::kHuman);
  return {judge::spearman(human_a, human_b), judge::pearson(human_a, human_b), judge::spearman(all_a, all_b), judge::pearson(all_a, all_b)};
}

Status compare(const CompareOptions& o) {
  contest::catch_interrupts();
  SOTTO_TRY(const auto first, load_judge({o.first}));
  SOTTO_TRY(const auto second, load_judge({o.second}));
  SOTTO_TRY(const judge::Corpus corpus, judge::read_corpus(o.corpus));
  SOTTO_TRY(const judge::JudgedCorpus a, judge_all(corpus, *first, o.seed));
  SOTTO_TRY(const judge::JudgedCorpus b, judge_all(corpus, *second, o.seed));
  const Correlations c = correlate(a, b);
  const judge::Evaluation ea = judge::evaluate(a, corpus), eb = judge::evaluate(b, corpus);
  if (o.json) {
    print_json({{"human", {{"clips", a.heard}, {"spearman", c.human_rank}, {"pearson", c.human_pearson}}},
                {"all", {{"clips", a.clips.size()}, {"spearman", c.all_rank}, {"pearson", c.all_pearson}}},
                {"first", as_json(ea, a, corpus)}, {"second", as_json(eb, b, corpus)}});
    return ok_status();
  }
  print_field("human songs", "rank correlation " + three(c.human_rank) + ", Pearson " + three(c.human_pearson) + ", " + std::to_string(a.heard) + " songs");
  print_field("all clips", "rank correlation " + three(c.all_rank) + ", Pearson " + three(c.all_pearson) + ", " + std::to_string(a.clips.size()) + " clips");
  print_text("\n" + o.first);
  print_evaluation(ea, a, corpus);
  print_text("\n" + o.second);
  print_evaluation(eb, b, corpus);
  return ok_status();
}

constexpr const char* kCorpusHelp = "Human songs: one JSON object per line as for `sotto corpus`, or a library of Dollchan's composer";

}  // namespace

void add_judge_eval(Verbs& verbs, CLI::App* judge) {
  CLI::App* verb = verbs.add("eval", "How well a judge tells people's songs from random programs, mutants and shuffled songs", judge);
  auto o = std::make_shared<EvalOptions>();
  verb->add_option("file", o->file, "A *.judge file; without it the shipped judge");
  verb->add_option("--corpus", o->corpus, kCorpusHelp)->required();
  verb->add_option("--seed", o->seed, "Of random programs, mutants and shuffles")->capture_default_str();
  verb->add_option("--picture", o->picture, "Draw the distributions of scores into this .svg or .png file");
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return eval(*o); });
}

void add_judge_compare(Verbs& verbs, CLI::App* judge) {
  CLI::App* verb = verbs.add("compare", "How far two judges agree", judge);
  auto o = std::make_shared<CompareOptions>();
  verb->add_option("first", o->first, "A *.judge file")->required();
  verb->add_option("second", o->second, "Another")->required();
  verb->add_option("--corpus", o->corpus, kCorpusHelp)->required();
  verb->add_option("--seed", o->seed, "Of random programs, mutants and shuffles")->capture_default_str();
  add_json_flag(verb, o->json);
  verbs.on_run(verb, [o] { return compare(*o); });
}

}  // namespace sotto::cli
