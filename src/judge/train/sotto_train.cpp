// SPDX-License-Identifier: Apache-2.0
// sotto-train: clips -> trained, hardened, quantised, calibrated, measured judge and its card.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>

#include "judge/net/scorer.h"
#include "judge/train/assault.h"
#include "judge/train/card.h"
#include "judge/train/clips.h"
#include "judge/train/distill.h"
#include "judge/train/ensemble.h"
#include "judge/train/examples.h"
#include "judge/train/front_end.h"
#include "judge/train/measure.h"
#include "judge/train/mentor_report.h"
#include "judge/train/quantise.h"
#include "judge/train/report.h"
#include "judge/train/trainer.h"
#include "sound/picture/picture.h"

namespace sotto::judge::train {
namespace {

constexpr uint32_t kScoreUnit = 1000;
constexpr uint64_t kGateSeed = 1000;  // seeds of the final attack; training never uses them

AssaultOptions assault_options(const Arguments& arguments, unsigned i) {
  return {arguments.search, kGateSeed + i, arguments.evaluations, arguments.work + "/" + arguments.name};
}

std::vector<Judged> judged_by(const FloatModel& model, const std::vector<const Example*>& clips) {
  std::vector<Judged> out;
  for (const Example* e : clips) out.push_back({e, evaluate(model, e->features), 0, 0});
  return out;
}

std::vector<double> human_logits(const std::vector<Judged>& clips) {
  std::vector<double> out;
  for (const Judged& c : clips)
    if (c.example->human()) out.push_back(c.logit);
  return out;
}

double head_of(const Scorer& scorer, const Example& e) {
  return scorer.head_of(std::vector<uint32_t>(e.features.begin(), e.features.end()));
}

// 5 is the median of the held-out human clips; 10 is the 99.9th percentile of all human clips, since a few hundred
// held-out ones give no stable percentile, and random programs must not reach the cap. Below the median the slope is
// gentler, so that bad songs still differ: 0.50 is the 5th percentile of random programs.
Calibration calibration_of(const Network& net, const std::vector<Example>& examples, const std::vector<Judged>& held) {
  const Scorer scorer(net);
  std::vector<double> all_human, human, random;
  for (const Example& e : examples)
    if (e.human()) all_human.push_back(head_of(scorer, e));
  for (const Judged& c : held) {
    if (c.example->human()) human.push_back(c.head);
    if (c.example->kind == "random") random.push_back(c.head);
  }
  const double low = percentile(random, 0.05), median = percentile(human, 0.5), top = percentile(all_human, 0.999);
  const double slope = (5.0 - 0.5) / (median - low);
  return {{low - 0.5 / slope, 0}, {median, 5}, {top, 10}};
}

// Quantised, with the heads of the held-out clips filled in.
Network integer_net(const Trainer& trainer, const FloatModel& model, std::vector<Judged>& held) {
  Network net = quantise(trainer.front_end, trainer.arguments.members > 1 ? with_round_widths(model) : model);
  const Scorer scorer(net);
  for (Judged& c : held) c.head = head_of(scorer, *c.example);
  return net;
}

std::vector<double> human_heads(const std::vector<Judged>& held) {
  std::vector<double> out;
  for (const Judged& c : held)
    if (c.example->human()) out.push_back(c.head);
  return out;
}

// Several searches against the finished judge.
Result<std::vector<Assault>> assaults(const Trainer& trainer, const Network& net, const std::vector<Judged>& held,
                                      const std::vector<Gold>& golds) {
  std::vector<AssaultOptions> options;
  for (unsigned i = 0; i < trainer.arguments.seeds; i++) options.push_back(assault_options(trainer.arguments, i));
  SOTTO_TRY_STATUS(search_all(net, options, trainer.arguments.jobs));
  std::vector<Assault> out;
  for (const AssaultOptions& one : options) {
    SOTTO_TRY(Assault found, assault(net, trainer.front_end, human_heads(held), golds, one));
    std::fprintf(stderr, "attack of seed %llu: best at human percentile %.1f, gold %.1f\n",
                 static_cast<unsigned long long>(one.seed), found.percentile.back(), found.gold_best.back());
    out.push_back(std::move(found));
  }
  return out;
}

size_t weight_count(const FloatModel& model) {
  size_t count = 1;
  for (const FloatConv& layer : model.conv) {
    for (float w : layer.weights) count += w != 0;
    count += layer.bias.size();
  }
  return count + model.head_mean.size() + model.head_square.size();
}

Result<std::string> learning_curve(const Trainer& trainer) {
  std::string out = kCurveHeader;
  for (size_t i = 0; i <= std::size(kCurve); i++) {
    const bool all = i == std::size(kCurve);
    const Split clips = with_fewer_authors(split(trainer.examples, 0), all ? 1 : kCurve[i]);
    SOTTO_TRY(const FloatModel model, trainer.read(all ? fold_name(0) : curve_name(i), trainer.arguments.fold_members));
    out += curve_row(clips, judged_by(model, clips.held));
  }
  return out;
}

// What the judge loves, that searches found, and what it hates of random programs. Returns links for the card.
Result<std::string> draw(const Arguments& arguments, const Network& net, const std::vector<Assault>& attacks) {
  constexpr size_t kCandidates = 200;
  std::filesystem::create_directories(arguments.pictures);
  std::string links;
  const Scorer scorer(net);
  auto picture = [&](const std::string& name, const std::vector<uint8_t>& samples, const std::string& formula) {
    const double score = scorer.score(samples) / static_cast<double>(net.score_unit);
    links += (links.empty() ? "[" : ", [") + name + "](" + arguments.name + "/" + name + ".png)";
    return sound::write_picture(arguments.pictures + "/" + name + ".png", samples,
                                {arguments.name + ": " + name + format(", score %.3f", score), "sotto-train", formula});
  };
  for (size_t i = 0; i < attacks.size(); i++)
    SOTTO_TRY_STATUS(picture("loves-" + std::to_string(i + 1), attacks[i].best[0].samples, attacks[i].best[0].source));
  std::vector<std::vector<uint8_t>> songs = random_songs(kGateSeed, kCandidates);
  std::stable_sort(songs.begin(), songs.end(),
                   [&](const auto& a, const auto& b) { return scorer.head(a) < scorer.head(b); });
  SOTTO_TRY_STATUS(picture("hates-1", songs[0], "a random expression"));
  return links;
}

Status run(const Arguments& arguments) {
  std::filesystem::create_directories(arguments.work);
  Trainer trainer{arguments, make_front_end(arguments.fit.hop_bits), {}, {}, {}};
  {
    SOTTO_TRY(Clips clips, read_clips(arguments.clips));
    trainer.clips_digest = clips.digest;
    std::fprintf(stderr, "%zu clips\n", clips.list.size());
    trainer.examples = make_examples(trainer.front_end, std::move(clips));
  }
  for (const std::string& file : arguments.lessons) {
    SOTTO_TRY(const auto songs, read_evolved(file));
    for (const Evolved& song : songs) trainer.lessons.push_back(example_of(trainer.front_end, "evolved", song.samples));
  }
  SOTTO_TRY_STATUS(trainer.train_all());

  CardFacts facts;
  std::vector<std::vector<Judged>> folds;
  std::vector<Gold> golds;
  for (size_t k = 0; k < arguments.folds; k++) {
    SOTTO_TRY(FloatModel model, trainer.read(fold_name(k), arguments.fold_members));
    const std::vector<const Example*> clips = split(trainer.examples, static_cast<int>(k)).held;
    for (size_t m = 0; arguments.fold_members > 1 && m < arguments.fold_members; m++) {
      SOTTO_TRY(const FloatModel member, trainer.read_member(fold_name(k), m));
      std::fprintf(stderr, "fold %zu, member %zu: %s\n", k, m, headline(judged_by(member, clips)).c_str());
    }
    folds.push_back(judged_by(model, clips));
    std::fprintf(stderr, "fold %zu: %s\n", k, headline(folds.back()).c_str());
    golds.push_back({std::move(model), human_logits(folds.back())});
  }
  if (arguments.folds > 1) facts.cross_validation = cross_validation_table(folds);

  const std::vector<const Example*> held = split(trainer.examples, 0).held;
  SOTTO_TRY(FloatModel model, trainer.read(fold_name(0), arguments.members));
  std::vector<Judged> judged = judged_by(model, held);
  std::fprintf(stderr, "final: %s\n", headline(judged).c_str());
  Network net = integer_net(trainer, model, judged);
  net.score_unit = kScoreUnit;
  calibrate(net, calibration_of(net, trainer.examples, judged));
  for (Judged& j : judged) j.score = net.score_table[static_cast<size_t>(j.head)] / static_cast<double>(net.score_unit);
  SOTTO_TRY_STATUS(check_network(net));
  golds.erase(golds.begin());  // of the judge's own fold
  if (arguments.seeds > 0 && !golds.empty()) {
    SOTTO_TRY(const auto attacks, assaults(trainer, net, judged, golds));
    facts.attacks = assault_table(net, assault_options(arguments, 0), attacks);
    if (!arguments.pictures.empty()) {
      SOTTO_TRY(facts.pictures, draw(arguments, net, attacks));
    }
  }
  if (arguments.curve) {
    SOTTO_TRY(facts.curve, learning_curve(trainer));
  }
  facts.clips = clip_counts(split(trainer.examples, 0));
  facts.figures = auc_table(judged) + "\n" + histogram(judged);
  facts.pearson = int_float_pearson(judged);
  facts.weights = weight_count(model);
  facts.distinct_scores = std::set<uint32_t>(net.score_table.begin(), net.score_table.end()).size();
  facts.clips_digest = to_hex(trainer.clips_digest);
  return write_judge(arguments, facts, std::move(net));
}

}  // namespace
}  // namespace sotto::judge::train

constexpr const char* kUsage =
    "usage: sotto-train VERB OPTIONS; every verb has --help\n"
    "  train    a judge from clips of people's songs and of other things\n"
    "  distill  a judge that imitates a teacher\n"
    "  measure  a finished judge on the clips of the first fold, and where songs of a search stand among them\n"
    "  mentor   what the boosted trees that teach judges know themselves\n";

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "--help";
  if (verb == "measure") return sotto::judge::train::measure_main(argc - 1, argv + 1);
  if (verb == "mentor") return sotto::judge::train::mentor_main(argc - 1, argv + 1);
  if (verb == "distill") return sotto::judge::train::distill_main(argc - 1, argv + 1);
  if (verb != "train") {
    const bool help = verb == "--help" || verb == "-h";
    std::fputs(kUsage, help ? stdout : stderr);
    return help ? 0 : static_cast<int>(sotto::ErrorKind::kUsage);
  }
  sotto::judge::train::Arguments arguments;
  if (const auto code = sotto::judge::train::parse(argc - 1, argv + 1, arguments)) return *code;
  const sotto::Status status = sotto::judge::train::run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
  return static_cast<int>(status.error().kind);
}
