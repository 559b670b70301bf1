// SPDX-License-Identifier: Apache-2.0
// sotto-train: clips -> trained, quantised, calibrated, measured judge and its card.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

#include "base/parallel.h"
#include "judge/net/scorer.h"
#include "judge/train/card.h"
#include "judge/train/clips.h"
#include "judge/train/fit.h"
#include "judge/train/front_end.h"
#include "judge/train/quantise.h"
#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

struct Arguments {
  std::string clips, judge, card, model;
  FitOptions fit;
};

constexpr const char* kUsage =
    "usage: sotto-train --clips FILE --judge OUT.judge --card OUT.md [--epochs N] [--seed N] [--threads N]\n    [--channels 40,40,40] [--model FILE]\n"
    "Trains the judge ear-20k on clips written by tools/render_corpus.mjs. --model is the float network: if the file\n"
    "exists, training is skipped and it is only quantised and measured; else it is written.\n";

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

std::vector<Example> examples_of(const std::vector<Clip>& clips, const Network& front_end) {
  const Scorer scorer(front_end);
  std::vector<Example> examples(clips.size());
  parallel_for(clips.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) {
      const std::vector<uint32_t> features = scorer.features(clips[i].samples);
      examples[i].features.assign(features.begin(), features.end());
      examples[i].human = clips[i].human();
      examples[i].song = clips[i].song;
      examples[i].pool = clips[i].kind == "idioms" ? kIdioms : clips[i].kind == "plain" ? kPlain : kRandom;
      examples[i].margin = margin_of(clips[i].kind);
    }
  });
  return examples;
}

std::vector<Judged> judge_all(const std::vector<Clip>& clips, const std::vector<Example>& examples, const Network& net,
                              const FloatModel& model) {
  const Scorer scorer(net);
  std::vector<Judged> out(clips.size());
  parallel_for(clips.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++)
      out[i] = {clips[i].kind, clips[i].test, static_cast<double>(scorer.head(clips[i].samples)),
                evaluate(model, examples[i].features), 0};
  });
  return out;
}

// 5.00 is the median of the held-out human clips; 10.00 is the 99.9th percentile of all human clips, since a few hundred
// held-out ones give no stable percentile, and random programs must not reach the cap. Below the median the slope is
// gentler, so that bad songs still differ: 0.50 is the 5th percentile of random programs.
Calibration calibration_of(const std::vector<Judged>& clips) {
  std::vector<double> all_human, human, random;
  for (const Judged& c : clips) {
    if (c.kind == "human") all_human.push_back(c.head);
    if (c.test && c.kind == "human") human.push_back(c.head);
    if (c.test && c.kind == "random") random.push_back(c.head);
  }
  const double low = percentile(random, 0.05), median = percentile(human, 0.5), top = percentile(all_human, 0.999);
  const double slope = (5.0 - 0.5) / (median - low);
  return {{low - 0.5 / slope, 0}, {median, 5}, {top, 10}};
}

double songs_per_second(const std::vector<Clip>& clips, const Network& net) {
  const Scorer scorer(net);
  const size_t count = std::min<size_t>(200, clips.size());
  const auto start = std::chrono::steady_clock::now();
  for (size_t i = 0; i < count; i++) (void)scorer.score(clips[i].samples);
  return static_cast<double>(count) / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

size_t weight_count(const FloatModel& model) {
  size_t count = 1 + model.head_mean.size() + model.head_square.size();
  for (const FloatConv& layer : model.conv) count += layer.weights.size() + layer.bias.size();
  return count;
}

Result<FloatModel> model_of(const Arguments& arguments, const std::vector<Clip>& clips, const std::vector<Example>& examples) {
  if (std::filesystem::exists(arguments.model)) return read_model(arguments.model);
  std::vector<const Example*> training;
  for (size_t i = 0; i < clips.size(); i++)
    if (!clips[i].test) training.push_back(&examples[i]);
  std::fprintf(stderr, "%zu clips, %zu for training\n", clips.size(), training.size());
  FloatModel model = fit(training, arguments.fit);
  if (!arguments.model.empty()) SOTTO_TRY_STATUS(write_model(model, arguments.model));
  return model;
}

Status run(const Arguments& arguments) {
  SOTTO_TRY(const std::vector<Clip> clips, read_clips(arguments.clips));
  // Features need only the front end; the empty layers behind it are never run.
  const Network front_end = make_front_end();
  const std::vector<Example> examples = examples_of(clips, front_end);
  SOTTO_TRY(const FloatModel model, model_of(arguments, clips, examples));
  Network net = quantise(front_end, model);
  std::vector<Judged> judged = judge_all(clips, examples, net, model);
  calibrate(net, calibration_of(judged));
  for (Judged& j : judged) j.score = net.score_table[static_cast<size_t>(j.head)] / static_cast<double>(net.score_unit);

  const Summary summary{songs_per_second(clips, net), cpu_path_name(default_cpu_path()), weight_count(model)};
  net.card = card_text(figures(judged, summary), arguments.fit.epochs, arguments.fit.seed);
  SOTTO_TRY_STATUS(check_network(net));
  SOTTO_TRY_STATUS(write_file_atomically(arguments.judge, encode_judge(net)));
  const std::string digest = "Digest (keccak256 of the file): `" + to_hex(judge_digest(net)) + "`\n";
  const std::string page = net.card + "\n" + digest;
  SOTTO_TRY_STATUS(write_file_atomically(arguments.card, ByteSpan(reinterpret_cast<const uint8_t*>(page.data()), page.size())));
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
