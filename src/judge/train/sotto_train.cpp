// SPDX-License-Identifier: Apache-2.0
// sotto-train: clips -> trained, quantised, calibrated, measured judge and its card.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <sstream>
#include <string>

#include "base/parallel.h"
#include "judge/net/scorer.h"
#include "judge/train/attack.h"
#include "judge/train/card.h"
#include "judge/train/clips.h"
#include "judge/train/fit.h"
#include "judge/train/front_end.h"
#include "judge/train/quantise.h"
#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

struct Arguments {
  std::string clips, judge, card, model, settings;
  FitOptions fit;
};

constexpr const char* kUsage =
    "usage: sotto-train --clips FILE --judge OUT.judge --card OUT.md [--epochs N] [--seed N] [--threads N]\n"
    "    [--channels 40,40,40] [--settings mild|strong] [--model PREFIX]\n"
    "Trains the judge ear-20k on clips written by tools/render_corpus.mjs. Without --settings, the validation side decides\n"
    "between them. The float networks go to PREFIX.NAME, and one\n"
    "that is there already is read instead of trained.\n";

// The settings that the validation side decides between.
constexpr Augmentation kSettings[] = {
    {"mild", 1.5f, 1.0f, 6, 0, 0},
    {"strong", 2.0f, 1.5f, 8, 40, 40},
};
constexpr size_t kAttacks = 3;

std::vector<uint32_t> numbers(const std::string& list) {
  std::vector<uint32_t> out;
  std::istringstream in(list);
  for (std::string item; std::getline(in, item, ',');) out.push_back(static_cast<uint32_t>(std::atoi(item.c_str())));
  return out;
}

bool parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--clips") out.clips = value;
    else if (name == "--judge") out.judge = value;
    else if (name == "--card") out.card = value;
    else if (name == "--model") out.model = value;
    else if (name == "--settings") out.settings = value;
    else if (name == "--epochs") out.fit.epochs = static_cast<unsigned>(std::atoi(value.c_str()));
    else if (name == "--seed") out.fit.seed = static_cast<uint64_t>(std::atoll(value.c_str()));
    else if (name == "--threads") out.fit.threads = static_cast<unsigned>(std::atoi(value.c_str()));
    else if (name == "--channels") out.fit.channels = numbers(value);
    else return false;
  }
  return argc % 2 == 1 && !out.clips.empty() && !out.judge.empty() && !out.card.empty() && out.fit.epochs > 0 &&
         out.fit.threads > 0;
}

// How far below a human clip its relatives should stay: the more edits, the more.
float margin_of(const std::string& kind) {
  if (kind == "mutant1") return 0.5f;
  if (kind == "mutant3") return 1.0f;
  if (kind == "mutant6") return 1.5f;
  return 1.0f;
}

struct Material {
  Clips clips;
  Network front_end;              // features need only this; the empty layers behind it are never run
  std::vector<Example> examples;  // of all clips, once something is trained
};

const std::vector<Example>& examples_of(Material& material) {
  if (!material.examples.empty()) return material.examples;
  const std::vector<Clip>& clips = material.clips.list;
  const Scorer scorer(material.front_end);
  material.examples.resize(clips.size());
  parallel_for(clips.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      Example& e = material.examples[i];
      const std::vector<uint32_t> features = scorer.features(clips[i].samples);
      e.features.assign(features.begin(), features.end());
      e.human = clips[i].human();
      e.song = clips[i].song;
      e.pool = clips[i].kind == "idioms" ? kIdioms : clips[i].kind == "plain" ? kPlain : kRandom;
      e.margin = margin_of(clips[i].kind);
    }
  });
  return material.examples;
}

// The clips of one side, and all human ones: by the float network, and by the integer network if there is one.
std::vector<Judged> judge_all(const Material& material, Side side, const FloatModel& model, const Network* net) {
  std::vector<const Clip*> clips;
  for (const Clip& c : material.clips.list)
    if (c.side == side || (net && c.human())) clips.push_back(&c);
  const Scorer front(material.front_end);
  const std::optional<Scorer> scorer = net ? std::optional<Scorer>(*net) : std::nullopt;
  std::vector<Judged> out(clips.size());
  parallel_for(clips.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      out[i] = {clips[i]->kind, clips[i]->side, 0, 0, 0};
      if (scorer) out[i].head = scorer->head(clips[i]->samples);
      if (clips[i]->side != side) continue;
      const std::vector<uint32_t> features = front.features(clips[i]->samples);
      out[i].logit = evaluate(model, std::vector<uint16_t>(features.begin(), features.end()));
    }
  });
  return out;
}

// 5.00 is the median of the held-out human clips; 10.00 is the 99.9th percentile of all human clips, since a few hundred
// held-out ones give no stable percentile, and random programs must not reach the cap. Below the median the slope is
// gentler, so that bad songs still differ: 0.50 is the 5th percentile of random programs.
Calibration calibration_of(const std::vector<Judged>& clips) {
  std::vector<double> all_human, human, random;
  for (const Judged& c : clips) {
    const bool test = c.side == Side::kTest;
    if (c.kind == "human") all_human.push_back(c.head);
    if (test && c.kind == "human") human.push_back(c.head);
    if (test && c.kind == "random") random.push_back(c.head);
  }
  const double low = percentile(random, 0.05), median = percentile(human, 0.5), top = percentile(all_human, 0.999);
  const double slope = (5.0 - 0.5) / (median - low);
  return {{low - 0.5 / slope, 0}, {median, 5}, {top, 10}};
}

size_t weight_count(const FloatModel& model) {
  size_t count = 1 + model.head_mean.size() + model.head_square.size();
  for (const FloatConv& layer : model.conv) count += layer.weights.size() + layer.bias.size();
  return count;
}

std::string model_path(const Arguments& arguments, const std::string& name) {
  return arguments.model.empty() ? "" : arguments.model + "." + name;
}

Result<FloatModel> model_of(const Arguments& arguments, const std::string& name, const Augmentation& augmentation,
                            Material& material, const std::function<bool(Side)>& side) {
  const std::string path = model_path(arguments, name);
  if (!path.empty() && std::filesystem::exists(path)) return read_model(path);
  std::vector<const Example*> training;
  const std::vector<Example>& examples = examples_of(material);
  for (size_t i = 0; i < examples.size(); i++)
    if (side(material.clips.list[i].side)) training.push_back(&examples[i]);
  std::fprintf(stderr, "%s: %zu of %zu clips\n", name.c_str(), training.size(), examples.size());
  FitOptions options = arguments.fit;
  options.augmentation = augmentation;
  FloatModel model = fit(training, options);
  if (!path.empty()) SOTTO_TRY_STATUS(write_model(model, path));
  return model;
}

struct Choice {
  Augmentation settings;
  std::vector<Validation> candidates;  // empty: the settings were given
};

// Trains each candidate on the training side alone and takes the one that does best on the validation side.
Result<Choice> choose(const Arguments& arguments, Material& material) {
  Choice choice;
  for (const Augmentation& settings : kSettings)
    if (arguments.settings == settings.name) return Choice{settings, {}};
  if (!arguments.settings.empty()) return input_error("no settings are called " + arguments.settings);
  double best = -1;
  for (const Augmentation& settings : kSettings) {
    const auto side = [](Side s) { return s == Side::kTrain; };
    SOTTO_TRY(const FloatModel model, model_of(arguments, settings.name, settings, material, side));
    choice.candidates.push_back(validate(settings.name, judge_all(material, Side::kValid, model, nullptr)));
    if (choice.candidates.back().mean() <= best) continue;
    best = choice.candidates.back().mean();
    choice.settings = settings;
  }
  return choice;
}

std::vector<AttackReport> attacks_on(const Network& net, const AttackOptions& options) {
  std::vector<AttackReport> reports(kAttacks);
  parallel_for(kAttacks, [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      AttackOptions one = options;
      one.seed += i;
      reports[i] = attack(net, one);
    }
  });
  return reports;
}

Status run(const Arguments& arguments) {
  Material material;
  SOTTO_TRY(material.clips, read_clips(arguments.clips));
  material.front_end = make_front_end();
  SOTTO_TRY(const Choice choice, choose(arguments, material));
  const bool stored = std::filesystem::exists(model_path(arguments, "final"));
  const auto side = [](Side s) { return s != Side::kTest; };
  SOTTO_TRY(const FloatModel model, model_of(arguments, "final", choice.settings, material, side));
  Network net = quantise(material.front_end, model);
  std::vector<Judged> judged = judge_all(material, Side::kTest, model, &net);
  calibrate(net, calibration_of(judged));
  for (Judged& j : judged) j.score = net.score_table[static_cast<size_t>(j.head)] / static_cast<double>(net.score_unit);
  SOTTO_TRY_STATUS(check_network(net));

  const AttackOptions options;
  CardFacts facts{arguments.fit, choice.settings, stored, {}, {}, {}, to_hex(material.clips.digest)};
  if (!choice.candidates.empty()) facts.validation = validation_table(choice.candidates);
  facts.figures = clip_counts(material.clips.list) + figures(judged, weight_count(model));
  facts.attacks = attack_table(options, attacks_on(net, options));
  net.card = card_text(facts);
  SOTTO_TRY_STATUS(write_file_atomically(arguments.judge, encode_judge(net)));
  const std::string digest = "Digest (keccak256 of the file): `" + to_hex(judge_digest(net)) + "`\n";
  const std::string page = net.card + "\n" + digest;
  const ByteSpan bytes(reinterpret_cast<const uint8_t*>(page.data()), page.size());
  SOTTO_TRY_STATUS(write_file_atomically(arguments.card, bytes));
  std::fputs(page.c_str(), stdout);
  return ok_status();
}

}  // namespace
}  // namespace sotto::judge::train

int main(int argc, char** argv) {
  sotto::judge::train::Arguments arguments;
  if (!sotto::judge::train::parse(argc, argv, arguments)) {
    std::fputs(sotto::judge::train::kUsage, stderr);
    return static_cast<int>(sotto::ErrorKind::kUsage);
  }
  const sotto::Status status = sotto::judge::train::run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
  return static_cast<int>(status.error().kind);
}
