// SPDX-License-Identifier: Apache-2.0
// sotto-train: clips -> trained, hardened, quantised, calibrated, measured judge and its card.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>

#include "judge/net/scorer.h"
#include "judge/train/agents_search.h"
#include "judge/train/assault.h"
#include "judge/train/card.h"
#include "judge/train/clips.h"
#include "judge/train/distill.h"
#include "judge/train/ensemble.h"
#include "judge/train/examples.h"
#include "judge/train/fit.h"
#include "judge/train/front_end.h"
#include "judge/train/jobs.h"
#include "judge/train/measure.h"
#include "judge/train/mentor.h"
#include "judge/train/mentor_report.h"
#include "judge/train/quantise.h"
#include "judge/train/report.h"
#include "sound/picture/picture.h"

namespace sotto::judge::train {
namespace {

constexpr const char* kUsage =
    "usage: sotto-train train --clips FILE --work DIR --judge OUT.judge --card OUT.md [--name ear-20k] [--channels "
    "40,40,40]\n"
    "    [--members 3] [--fold-members 1] [--epochs 24] [--seed 1] [--folds 5] [--curve yes|no] [--pictures DIR] "
    "[--jobs 1]\n"
    "    [--searches 2] [--search-evaluations 2000] [--first-attack 4] [--evolved-target 0.15] [--late-frames 8,0,8]\n"
    "    [--start-samples 0] [--speed 0] [--last-gain 1] [--dense-from LAYER] [--concave no] [--hop-bits 8] [--lessons "
    "FILE,FILE]\n"
    "    [--mentor 0] [--attack-every 1] [--pair-weight 0.25] [--seeds 3] [--evaluations 10000] [--search sotto]\n"
    "Trains a judge on clips written by tools/render_corpus.mjs: --folds cross-validation fits of --fold-members\n"
    "networks each, and a judge of --members networks that is trained without the first fold. After every epoch from\n"
    "--first-attack on, --searches of the agents' own search (the program --search) attack the network as it is then, "
    "and it is\n"
    "trained on what they find, with the label --evolved-target. Half of the clips start up to so many frames later as "
    "--late-frames\n"
    "says for each member: a member that hears the same clips at other times hears less of splices, and more of the "
    "rest. With\n"
    "--start-samples three quarters of the clips start up to so many samples later, half of these up to the share "
    "--speed faster or\n"
    "slower. --dense-from 2: from the third layer on no frame is left out, so that it does not matter where notes fall "
    "among the\n"
    "strides. --hop-bits 9: windows of 1,024 samples. --last-gain 3: the last layer saturates at 2 standard deviations "
    "instead of 6. --concave yes: mean squares\n"
    "only count against a clip. --lessons: songs that earlier attacks found\n"
    "(`sotto judge attack --songs`), trained on from the start. --mentor 0.8: labels are to four fifths what boosted trees over "
    "some\n"
    "hundred traits think of a clip (trees that have not seen its author), and those of evolved songs wholly, instead of "
    "--evolved-target. Only with --hop-bits 8.\n"
    "--pair-weight 0: no margin between a human clip and its mutants and shuffled copies.\n"
    "--seeds searches attack the finished judge.\n"
    "Float networks, checkpoints and songs found go to DIR; what is there already is not\n"
    "made again, so an interrupted run goes on where it was. The same clips, options and machine give the same judge, "
    "bit\n"
    "for bit; --jobs only says how many processes share the work.\n"
    "       sotto-train measure --clips FILE --judge FILE.judge [--songs FILE ...] [--gold FILE.judge ...] [--json] "
    "[--best N]\n"
    "Measures a finished judge on the clips of the first fold, and ranks songs of a search among those of people, by "
    "this "
    "judge and by\n"
    "others; `sotto-train measure --help` says more.\n"
    "       sotto-train mentor --clips FILE [--songs FILE ...]\n"
    "Measures the mentor on authors that it has not seen, and asks it about songs.\n"
    "       sotto-train distill ...\n";

constexpr size_t kLessonsKept = 32;  // songs of one search that are trained on
constexpr uint32_t kScoreUnit = 1000;
constexpr float kMostSpeed = 0.1f;
constexpr uint64_t kGateSeed = 1000;  // seeds of the final attack; training never uses them

std::vector<std::string> words(const std::string& list) {
  std::vector<std::string> out;
  std::istringstream in(list);
  for (std::string item; std::getline(in, item, ',');) out.push_back(item);
  return out;
}

std::vector<uint32_t> numbers(const std::string& list) {
  std::vector<uint32_t> out;
  for (const std::string& item : words(list)) out.push_back(static_cast<uint32_t>(std::atoi(item.c_str())));
  return out;
}

bool parse(int argc, char** argv, Arguments& out) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    const unsigned number = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
    if (name == "--clips") out.clips = value;
    else if (name == "--work") out.work = value;
    else if (name == "--judge") out.judge = value;
    else if (name == "--card") out.card = value;
    else if (name == "--pictures") out.pictures = value;
    else if (name == "--curve") out.curve = value != "no";
    else if (name == "--name") out.name = value;
    else if (name == "--channels") out.fit.channels = numbers(value);
    else if (name == "--members") out.members = number;
    else if (name == "--fold-members") out.fold_members = number;
    else if (name == "--epochs") out.fit.epochs = number;
    else if (name == "--seed") out.fit.seed = number;
    else if (name == "--folds") out.folds = number;
    else if (name == "--evaluations") out.evaluations = number;
    else if (name == "--seeds") out.seeds = number;
    else if (name == "--search") out.search = value;
    else if (name == "--searches") out.searches = number;
    else if (name == "--search-evaluations") out.search_evaluations = number;
    else if (name == "--evolved-target") out.evolved_target = static_cast<float>(std::atof(value.c_str()));
    else if (name == "--mentor") out.mentor = static_cast<float>(std::atof(value.c_str()));
    else if (name == "--pair-weight") out.fit.pair_weight = std::atof(value.c_str());
    else if (name == "--attack-every") out.fit.attack_every = number;
    else if (name == "--first-attack") out.fit.first_attack = number;
    else if (name == "--late-frames") out.late_frames = numbers(value);
    else if (name == "--start-samples")
      out.fit.augmentation.start_samples = number;
    else if (name == "--speed")
      out.fit.augmentation.speed = static_cast<float>(std::atof(value.c_str()));
    else if (name == "--hop-bits")
      out.fit.hop_bits = number, out.fit.bands = make_front_end(number == 9 ? 9 : 8).bands;
    else if (name == "--dense-from")
      out.fit.dense_from = number;
    else if (name == "--concave")
      out.fit.concave = value != "no";
    else if (name == "--last-gain")
      out.fit.last_gain = std::atof(value.c_str());
    else if (name == "--lessons")
      out.lessons = words(value);
    else if (name == "--jobs") out.jobs = number;
    else return false;
  }
  return argc % 2 == 1 && !out.clips.empty() && !out.work.empty() && !out.judge.empty() && !out.card.empty() &&
         out.fit.epochs > 0 && out.members > 0 && out.fold_members > 0 && out.folds > 0 && out.folds <= kFolds &&
         out.jobs > 0 && out.fit.attack_every > 0 && out.mentor >= 0 && out.mentor <= 1 && (out.mentor == 0 || out.fit.hop_bits == 8) && out.fit.pair_weight >= 0 && !out.late_frames.empty() && out.evaluations >= 1000 &&
         (out.fit.hop_bits == 8 || out.fit.hop_bits == 9) && out.fit.augmentation.speed >= 0 &&
         out.fit.augmentation.speed <= kMostSpeed;
}

struct Trainer {
  const Arguments& arguments;
  Network front_end;
  std::vector<Example> examples, lessons;
  Bytes32 clips_digest = {};

  std::string file(const std::string& name) const { return arguments.work + "/" + arguments.name + "." + name; }

  // One network per member, attacked while it is trained.
  Status train(const std::string& name, const Split& clips, size_t member) const {
    const std::string path = file(name + "." + std::to_string(member));
    if (std::filesystem::exists(path)) return ok_status();
    FitOptions options = arguments.fit;
    options.seed += 100 * member;
    options.augmentation.late_frames = arguments.late_frames[member % arguments.late_frames.size()];
    options.name = name + "." + std::to_string(member);
    options.checkpoint = path;
    std::vector<const Example*> trained = clips.trained;
    std::optional<Mentor> mentor;
    std::unordered_map<const Example*, float> taught;
    if (arguments.mentor > 0) {
      SOTTO_TRY(mentor, Mentor::learn(clips.trained, options.bands, options.seed));
      SOTTO_TRY(taught, taught_by(*mentor, clips.trained));
      options.target = [&](const Example& e) { return taught.contains(&e) ? taught.at(&e) : e.target; };
    }
    std::vector<Example> own_lessons = lessons;
    for (Example& e : own_lessons) {
      SOTTO_TRY(e.target, worth(e, mentor));
      trained.push_back(&e);
    }
    if (arguments.searches > 0)
      options.adversary = [&](const FloatModel& net, unsigned epoch) { return fooled(net, mentor, options.seed, epoch, path); };
    SOTTO_TRY(const FloatModel model, fit(trained, options));
    SOTTO_TRY_STATUS(write_model(model, path));
    std::filesystem::remove(path + ".checkpoint");
    return ok_status();
  }
  // What clips are taught to be: by so much what the mentor thinks, for the rest what they are.
  Result<std::unordered_map<const Example*, float>> taught_by(const Mentor& mentor, const std::vector<const Example*>& clips) const {
    std::unordered_map<const Example*, float> out;
    for (const Example* e : clips) {
      SOTTO_TRY(const float opinion, mentor.opinion(*e));
      out[e] = arguments.mentor * opinion + (1 - arguments.mentor) * e->target;
    }
    return out;
  }
  // The target of a song that a search found.
  Result<float> worth(const Example& evolved, const std::optional<Mentor>& mentor) const {
    if (!mentor) return arguments.evolved_target;
    return mentor->opinion(evolved);
  }
  // What the agents' search finds against a network in training: the best of every search.
  Result<std::vector<Example>> fooled(const FloatModel& model, const std::optional<Mentor>& mentor, uint64_t seed, unsigned epoch, const std::string& path) const {
    std::vector<Example> out;
    for (unsigned i = 0; i < arguments.searches; i++) {
      const std::string songs = path + ".epoch" + std::to_string(epoch) + "." + std::to_string(i) + ".songs";
      if (!std::filesystem::exists(songs))  // after an interruption they are
        SOTTO_TRY_STATUS(agents_search(quantise(front_end, model), {arguments.search, 1'000'000 * seed + 100 * epoch + i, arguments.search_evaluations}, songs));
      SOTTO_TRY(auto found, read_evolved(songs));
      found.resize(std::min(found.size(), kLessonsKept));
      for (const Evolved& song : found) {
        out.push_back(example_of(front_end, "evolved", song.samples));
        SOTTO_TRY(out.back().target, worth(out.back(), mentor));
      }
    }
    return out;
  }
  Result<FloatModel> read(const std::string& name, size_t count) const {
    std::vector<FloatModel> members;
    for (size_t m = 0; m < count; m++) {
      SOTTO_TRY(FloatModel model, read_model(file(name + "." + std::to_string(m))));
      members.push_back(std::move(model));
    }
    return mean_of(members);
  }
};

AssaultOptions assault_options(const Arguments& arguments, unsigned i) {
  return {arguments.search, kGateSeed + i, {1000, arguments.evaluations}, arguments.work + "/" + arguments.name};
}

std::string fold_name(size_t fold) { return "fold" + std::to_string(fold); }

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

// 5 is the median of the held-out human clips; 10 is the 99.9th percentile of all human clips, since a few hundred held-out
// ones give no stable percentile, and random programs must not reach the cap. Below the median the slope is gentler, so that
// bad songs still differ: 0.50 is the 5th percentile of random programs.
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
  Network net = quantise(trainer.front_end, model);
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
Result<std::vector<Assault>> assaults(const Trainer& trainer, const Network& net, const std::vector<Judged>& held, const std::vector<Gold>& golds) {
  std::vector<Assault> out;
  for (unsigned i = 0; i < trainer.arguments.seeds; i++) {
    SOTTO_TRY(Assault one, assault(net, trainer.front_end, human_heads(held), golds, assault_options(trainer.arguments, i)));
    std::fprintf(stderr, "attack %u of %u: best at human percentile %.1f, gold %.1f\n", i + 1, trainer.arguments.seeds, one.percentile.back(),
                 one.gold_best.back());
    out.push_back(std::move(one));
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

constexpr double kCurve[] = {0.25, 0.5};  // shares of the authors
std::string curve_name(size_t i) { return "curve" + std::to_string(i); }

// Everything that needs no attack: the networks of the folds, and of the learning curve.
Status train_all(const Trainer& trainer) {
  const Arguments& arguments = trainer.arguments;
  struct Fit {
    std::string name;
    Split clips;
    size_t member;
  };
  std::vector<Fit> fits;
  for (size_t fold = 0; fold < arguments.folds; fold++)
    for (size_t m = 0; m < (fold ? arguments.fold_members : std::max(arguments.members, arguments.fold_members)); m++)
      fits.push_back({fold_name(fold), split(trainer.examples, static_cast<int>(fold)), m});
  for (size_t i = 0; arguments.curve && i < std::size(kCurve); i++)
    fits.push_back({curve_name(i), with_fewer_authors(split(trainer.examples, 0), kCurve[i]), 0});
  return in_processes(fits.size(), arguments.jobs,
                      [&](size_t i) { return trainer.train(fits[i].name, fits[i].clips, fits[i].member); });
}

Result<std::string> learning_curve(const Trainer& trainer) {
  std::string out = kCurveHeader;
  for (size_t i = 0; i <= std::size(kCurve); i++) {
    const bool all = i == std::size(kCurve);
    const Split clips = with_fewer_authors(split(trainer.examples, 0), all ? 1 : kCurve[i]);
    SOTTO_TRY(const FloatModel model, trainer.read(all ? fold_name(0) : curve_name(i), 1));
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
  std::stable_sort(songs.begin(), songs.end(), [&](const auto& a, const auto& b) { return scorer.head(a) < scorer.head(b); });
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
  SOTTO_TRY_STATUS(train_all(trainer));

  CardFacts facts;
  std::vector<std::vector<Judged>> folds;
  std::vector<Gold> golds;
  for (size_t k = 0; k < arguments.folds; k++) {
    SOTTO_TRY(FloatModel model, trainer.read(fold_name(k), arguments.fold_members));
    folds.push_back(judged_by(model, split(trainer.examples, static_cast<int>(k)).held));
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

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "--help", last = argc > 1 ? argv[argc - 1] : "--help";
  if (verb == "measure") return sotto::judge::train::measure_main(argc - 1, argv + 1);
  if (verb == "mentor") return sotto::judge::train::mentor_main(argc - 1, argv + 1);
  if (verb == "distill") return sotto::judge::train::distill_main(argc - 1, argv + 1);
  if (verb == "--help" || last == "--help") {
    std::fputs(sotto::judge::train::kUsage, stdout);
    return 0;
  }
  sotto::judge::train::Arguments arguments;
  if (verb != "train" || !sotto::judge::train::parse(argc - 1, argv + 1, arguments)) {
    std::fputs(sotto::judge::train::kUsage, stderr);
    return static_cast<int>(sotto::ErrorKind::kUsage);
  }
  const sotto::Status status = sotto::judge::train::run(arguments);
  if (status.ok()) return 0;
  std::fprintf(stderr, "sotto-train: %s\n", status.error().message.c_str());
  return static_cast<int>(status.error().kind);
}
