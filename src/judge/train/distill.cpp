// SPDX-License-Identifier: Apache-2.0
#include "judge/train/distill.h"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "base/parallel.h"
#include "judge/eval/metrics.h"
#include "judge/net/scorer.h"
#include "judge/teacher/audiobox.h"
#include "judge/teacher/labels.h"
#include "judge/teacher/pool.h"
#include "judge/train/attack.h"
#include "judge/train/distill_report.h"
#include "judge/train/distill_student.h"
#include "judge/train/front_end.h"
#include "judge/train/quantise.h"

namespace sotto::judge::train {
namespace {

using teacher::LabelFile;
using teacher::PoolClip;
using teacher::Scores;
using teacher::Teacher;

constexpr uint32_t kScoreUnit = 1000;

struct Options {
  std::string teacher, output, labels, axis = "CE";
  teacher::PoolOptions pool;
  StudentOptions student;
  unsigned rounds = 2, attacks = 2, threads = 0;
  size_t evaluations = 3000;
  bool json = false;
};

volatile sig_atomic_t interrupted = 0;
void note_interrupt(int) { interrupted = 1; }
Error stopped() {
  return {ErrorKind::kInterrupted, "stopped; the same command goes on with the labels that are there"};
}

// Labels on the standard error: how many, and how long it will take.
class Progress {
 public:
  bool operator()(size_t done, size_t all) {
    using namespace std::chrono;
    const auto now = steady_clock::now();
    if (judged_++ == 0) start_ = now;
    const double each = duration<double>(now - start_).count() / static_cast<double>(std::max<size_t>(1, judged_ - 1));
    if (judged_ == 1 || now - shown_ >= seconds(isatty(STDERR_FILENO) ? 1 : 30)) {
      std::fprintf(stderr, "labels: %zu of %zu, %.1f s each, %.0f min left\n", done, all, each,
                   each * static_cast<double>(all - done) / 60);
      shown_ = now;
    }
    return !interrupted;
  }

 private:
  size_t judged_ = 0;
  std::chrono::steady_clock::time_point start_, shown_;
};

// Everything that the rounds work on.
struct Distillation {
  const Options& options;
  const Teacher& teacher;
  LabelFile labels;
  Network front_end = make_front_end();
  Scorer front{front_end};
  std::vector<PoolClip> pool;
  std::vector<Scores> pool_labels;
  std::vector<Lesson> lessons;
  Progress progress;

  Distillation(const Options& o, const Teacher& t, LabelFile file) : options(o), teacher(t), labels(std::move(file)) {}

  Result<std::vector<Scores>> label(const std::vector<const sound::Samples*>& clips) {
    return label_clips(teacher, labels, clips, [&](size_t done, size_t all) { return progress(done, all); });
  }
  void learn(const std::vector<const sound::Samples*>& clips, const std::vector<Scores>& scores) {
    const size_t before = lessons.size();
    lessons.resize(before + clips.size());
    parallel_for(clips.size(), [&](size_t begin, size_t end, unsigned) {
      for (size_t i = begin; i < end; i++) {
        const std::vector<uint32_t> features = front.features(*clips[i]);
        lessons[before + i] = {{features.begin(), features.end()}, scores[i]};
      }
    });
  }
};

Status label_pool(Distillation& d) {
  SOTTO_TRY(d.pool, teacher::make_pool(d.options.pool));
  std::vector<const sound::Samples*> all, learned;
  for (const PoolClip& clip : d.pool) all.push_back(&clip.samples);
  SOTTO_TRY(d.pool_labels, d.label(all));
  std::vector<Scores> scores;
  for (size_t i = 0; i < d.pool.size(); i++)
    if (!d.pool[i].held_out) learned.push_back(&d.pool[i].samples), scores.push_back(d.pool_labels[i]);
  if (learned.size() < 2 || learned.size() == d.pool.size())
    return input_error("the corpus is too small: " + std::to_string(d.pool.size()) + " clips, and none are " +
                       (learned.size() < 2 ? "left to learn from" : "held out"));
  d.learn(learned, scores);
  return ok_status();
}

std::vector<double> heads_of(const Scorer& scorer, const std::vector<const sound::Samples*>& clips) {
  std::vector<double> heads(clips.size());
  parallel_for(clips.size(), [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++) heads[i] = scorer.head(*clips[i]);
  });
  return heads;
}

std::vector<double> wanted_of(const std::vector<Scores>& labels, const std::vector<size_t>& axes) {
  std::vector<double> out;
  for (const Scores& s : labels) out.push_back(axis_mean(s, axes));
  return out;
}

// Songs evolved against the student; it learns from them unless this is the last round.
Result<Agreement> evolve(Distillation& d, const Network& net, unsigned round) {
  std::vector<sound::Samples> songs;
  for (unsigned i = 0; i < d.options.attacks && !interrupted; i++)
    for (Evolved& e :
         attack(net, {d.options.student.seed * 1000 + round * d.options.attacks + i, {d.options.evaluations}}).best)
      songs.push_back(std::move(e.samples));
  if (interrupted) return stopped();
  std::vector<const sound::Samples*> clips;
  for (const sound::Samples& s : songs) clips.push_back(&s);
  SOTTO_TRY(const std::vector<Scores> labels, d.label(clips));
  if (round < d.options.rounds) d.learn(clips, labels);
  return agreement(heads_of(Scorer(net), clips), wanted_of(labels, d.options.student.axes));
}

// 0 at the lowest per mille of all clips, 5 at the median and 10 at the 99.9th percentile of people's songs.
Calibration calibration_of(const std::vector<PoolClip>& pool, const std::vector<double>& heads) {
  std::vector<double> human;
  for (size_t i = 0; i < pool.size(); i++)
    if (pool[i].kind == "human") human.push_back(heads[i]);
  const double low = percentile(heads, 0.001), middle = std::max(low + 1, percentile(human, 0.5));
  return {{low, 0}, {middle, 5}, {std::max(middle + 1, percentile(human, 0.999)), 10}};
}

// The line through (x, y) with the least squares, at a point.
double on_line(const std::vector<double>& x, const std::vector<double>& y, double at) {
  const double n = static_cast<double>(x.size());
  double mx = 0, my = 0, xy = 0, xx = 0;
  for (size_t i = 0; i < x.size(); i++) mx += x[i] / n, my += y[i] / n;
  for (size_t i = 0; i < x.size(); i++) xy += (x[i] - mx) * (y[i] - my), xx += (x[i] - mx) * (x[i] - mx);
  return xx > 0 ? my + xy / xx * (at - mx) : my;
}

// Of what the student learned from.
std::string clip_counts(const std::vector<PoolClip>& pool, size_t lessons) {
  std::map<std::string, size_t> counts;
  size_t learned = 0;
  for (const PoolClip& clip : pool)
    if (!clip.held_out) counts[clip.kind]++, learned++;
  if (lessons > learned) counts["evolved"] = lessons - learned;
  std::string text;
  for (const auto& [kind, count] : counts) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + kind;
  return text;
}

size_t weight_count(const FloatModel& model) {
  size_t count = 1 + model.head_mean.size() + model.head_square.size();
  for (const FloatConv& layer : model.conv) count += layer.weights.size() + layer.bias.size();
  return count;
}

// Calibrates the last student and measures it on what was held out.
void finish(Distillation& d, const FloatModel& model, Network& net, DistillFacts& facts) {
  std::vector<const sound::Samples*> all;
  for (const PoolClip& clip : d.pool) all.push_back(&clip.samples);
  const std::vector<double> heads = heads_of(Scorer(net), all),
                            wanted = wanted_of(d.pool_labels, d.options.student.axes);
  std::vector<double> student, teacher, integers, floats;
  for (size_t i = 0; i < d.pool.size(); i++) {
    if (!d.pool[i].held_out) continue;
    student.push_back(heads[i]), teacher.push_back(wanted[i]);
    const std::vector<uint32_t> features = d.front.features(*all[i]);
    floats.push_back(evaluate(model, std::vector<uint16_t>(features.begin(), features.end())));
  }
  facts.held_out = agreement(student, teacher);
  facts.integer_pearson = agreement(student, floats).pearson;
  const Calibration points = calibration_of(d.pool, heads);
  net.score_unit = kScoreUnit;
  calibrate(net, points);
  facts.score_low = on_line(heads, wanted, points[0].first);
  facts.score_mid = on_line(heads, wanted, points[1].first);
  facts.score_top = on_line(heads, wanted, points[2].first);
  facts.weights = weight_count(model);
  facts.labels = d.lessons.size();
  facts.clips = clip_counts(d.pool, d.lessons.size());
}

nlohmann::ordered_json as_json(const Agreement& a) {
  return {{"clips", a.clips}, {"pearson", a.pearson}, {"spearman", a.spearman}};
}

void print_report(const Options& o, const DistillFacts& f, const Network& net) {
  if (!o.json) {
    std::fputs(net.card.c_str(), stdout);
    std::printf("\nwritten: %s\n", o.output.c_str());
    return;
  }
  nlohmann::ordered_json rounds = nlohmann::ordered_json::array();
  for (const Agreement& a : f.evolved) rounds.push_back(as_json(a));
  const nlohmann::ordered_json json = {{"judge", o.output},
                                       {"digest", to_hex(judge_digest(net))},
                                       {"teacher", f.teacher_digest},
                                       {"audiobox_shape", f.audiobox},
                                       {"axis", f.axis},
                                       {"labels", f.labels},
                                       {"held_out", as_json(f.held_out)},
                                       {"evolved", rounds},
                                       {"int_float_pearson", f.integer_pearson},
                                       {"audiobox_distilled", imitates(f)}};
  std::printf("%s\n", json.dump(2).c_str());
}

Status distill(const Options& o) {
  SOTTO_TRY(const teacher::Safetensors file, teacher::Safetensors::open(o.teacher));
  SOTTO_TRY(const Teacher teacher, Teacher::from(file));
  const Bytes32 digest = file.digest();
  file.forget_pages();
  SOTTO_TRY(LabelFile labels, LabelFile::open(o.labels.empty() ? o.output + ".labels.jsonl" : o.labels, digest));
  Distillation d(o, teacher, std::move(labels));
  SOTTO_TRY_STATUS(label_pool(d));

  DistillFacts facts;
  facts.axis = o.axis, facts.teacher_digest = to_hex(digest), facts.audiobox = teacher.geometry().is_audiobox();
  FloatModel model;
  Network net;
  for (unsigned round = 0; round <= o.rounds; round++) {
    if (interrupted) return stopped();
    model = fit_student(d.lessons, o.student);
    net = quantise(d.front_end, model);
    SOTTO_TRY(const Agreement evolved, evolve(d, net, round));
    facts.evolved.push_back(evolved);
    std::fprintf(stderr, "round %u: r = %.3f on %zu evolved songs\n", round, evolved.pearson, evolved.clips);
  }
  finish(d, model, net, facts);
  net.card = distill_card(facts);
  SOTTO_TRY_STATUS(check_network(net));
  SOTTO_TRY_STATUS(write_file_atomically(o.output, encode_judge(net)));
  print_report(o, facts, net);
  return ok_status();
}

void add_options(CLI::App& app, Options& o) {
  app.add_option("--teacher", o.teacher, "model.safetensors of facebook/audiobox-aesthetics (docs/teacher.md)")
      ->required();
  app.add_option("--corpus", o.pool.corpus, "Songs: one JSON object with a \"code\" per line, or a Dollchan library")
      ->required();
  app.add_option("-o,--output", o.output, "The judge to write")->required();
  app.add_option("--axis", o.axis, "What the score imitates: CE, CU, PC, PQ, or mean")
      ->check(CLI::IsMember({"CE", "CU", "PC", "PQ", "mean"}));
  app.add_option("--pool", o.pool.extra,
                 "More clips: a file of programs as --corpus, or a folder of recordings; may be repeated");
  app.add_option(
      "--labels", o.labels,
      "The file that keeps the teacher's labels; without it, beside the judge. It is what makes a run resume");
  app.add_option(
      "--songs", o.pool.songs,
      "At most so many songs of the corpus; each gives about 10 clips, each clip takes the teacher 1 to 2 s");
  app.add_option("--rounds", o.rounds,
                 "Rounds of evolving songs against the student and learning what the teacher says of them")
      ->check(CLI::Range(0, 100));
  app.add_option("--attacks", o.attacks, "Searches per round; each gives 48 songs")->check(CLI::Range(1, 1000));
  app.add_option("--evaluations", o.evaluations, "Judged songs per search")->check(CLI::Range(1000, 10000000));
  app.add_option("--channels", o.student.channels, "Of the student's convolutions")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024));
  app.add_option("--epochs", o.student.epochs, "Of each training")->check(CLI::Range(1, 10000));
  app.add_option("--seed", o.student.seed, "Of everything random");
  app.add_option("--threads", o.threads, "Threads; without it one per core")->check(CLI::Range(1, 256));
  app.add_flag("--json", o.json, "Print one JSON object on the standard output");
}

}  // namespace

int distill_main(int argc, char** argv) {
  CLI::App app(
      "Train a judge that imitates a teacher: label a pool of clips, train, evolve songs against the student, label "
      "them, train again.\n"
      "Labels are kept, so that an interrupted run goes on. The judge is called Audiobox-distilled only if it follows\n"
      "its teacher with r >= 0.9 on held-out clips and on evolved songs; its card says so either way.",
      "sotto-train distill");
  Options o;
  add_options(app, o);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  if (o.threads > 0)
    setenv("SOTTO_THREADS", std::to_string(o.threads).c_str(), 1);  // read when the first work is shared out
  o.student.threads = thread_count();
  o.student.axes = teacher::parse_axes(o.axis == "mean" ? "" : o.axis).value();
  o.pool.seed = o.student.seed;
  struct sigaction action = {};
  action.sa_handler = note_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // the second Ctrl-C ends the process at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  const Status status = distill(o);
  if (status.ok()) return 0;
  std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
  return static_cast<int>(status.error().kind);
}

}  // namespace sotto::judge::train
