// SPDX-License-Identifier: Apache-2.0
#include "judge/train/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "judge/train/front_end.h"

namespace sotto::judge::train {
namespace {

void add_files(CLI::App& app, Arguments& a) {
  const std::string group = "Files";
  app.add_option("--clips", a.clips, "As tools/render_corpus.mjs writes them")->required()->group(group);
  app.add_option("--work", a.work, "Folder of networks, checkpoints and songs found; what is there is not made again")
      ->required()
      ->group(group);
  app.add_option("--judge", a.judge, "The judge to write")->required()->group(group);
  app.add_option("--card", a.card, "Its card, to write")->required()->group(group);
  app.add_option("--pictures", a.pictures, "Folder for pictures of what the judge loves and hates")->group(group);
  app.add_option("--name", a.name, "Of the judge, and of its files in the work folder")->group(group);
  app.add_option("--search", a.search, "The program sotto, which has the agents' search")->group(group);
  app.add_option("--jobs", a.jobs, "Processes that share the work; the judge is the same with any number")
      ->check(CLI::Range(1, 256))
      ->group(group);
}

void add_networks(CLI::App& app, Arguments& a) {
  const std::string group = "Networks";
  app.add_option("--members", a.members, "Networks of the judge")->check(CLI::Range(1, 64))->group(group);
  app.add_option("--fold-members", a.fold_members, "Networks of each fold")->check(CLI::Range(1, 64))->group(group);
  app.add_option("--channels", a.fit.channels, "Of the convolutions of a network, the first layer first")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024))
      ->group(group);
  app.add_option("--summaries", a.summaries, "So many members, the first ones, hear averages over three seconds only")
      ->group(group);
  app.add_option("--hidden", a.hidden, "Units of such a member")->check(CLI::Range(1, 1024))->group(group);
  app.add_option("--weights", a.weights, "How much the members count; without it all alike")
      ->default_str("")
      ->delimiter(',')
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_option("--hop-bits", a.fit.hop_bits, "9: windows of 1,024 samples instead of 512")
      ->check(CLI::IsMember({8, 9}))
      ->group(group);
  app.add_option("--dense-from", a.fit.dense_from,
                 "From this layer on (the first is 0) no frame is left out, so that it does not matter where notes "
                 "fall among the strides")
      ->default_str("none")
      ->group(group);
  app.add_option("--concave", a.fit.concave, "yes: mean squares only count against a clip")->group(group);
  app.add_option("--last-gain", a.fit.last_gain, "3: the last layer saturates at 2 standard deviations instead of 6")
      ->check(CLI::PositiveNumber)
      ->group(group);
}

void add_training(CLI::App& app, Arguments& a) {
  const std::string group = "Training; lists are by member and start again after their end";
  constexpr float kMostSpeed = 0.1f;
  app.add_option("--epochs", a.fit.epochs, "Each shows every human clip once")
      ->check(CLI::Range(1, 10000))
      ->group(group);
  app.add_option("--seed", a.fit.seed, "Of everything random")->group(group);
  app.add_option("--folds", a.folds, "Of the cross-validation; the judge is trained without the first")
      ->check(CLI::Range(1, kFolds))
      ->group(group);
  app.add_option("--curve", a.curve, "no: without the networks of the learning curve")->group(group);
  app.add_option("--mentor", a.mentor,
                 "0.8: labels are to four fifths what boosted trees over some hundred traits think of a clip (trees "
                 "that have not seen its author), those of evolved songs wholly")
      ->check(CLI::Range(0.0, 1.0))
      ->group(group);
  app.add_option("--pair-weight", a.pair_weights, "Of the margin between a human clip and its mutants, shuffled copies")
      ->delimiter(',')
      ->check(CLI::NonNegativeNumber)
      ->group(group);
  app.add_option(
         "--splices", a.splices,
         "1: the member learns to tell clips that were cut, of whatever kind, from whole ones; no search attacks "
         "it while it learns")
      ->delimiter(',')
      ->check(CLI::Range(0, 1))
      ->group(group);
  app.add_option("--late-frames", a.late_frames,
                 "Half of the clips start up to so many frames later: less is heard of splices then, more of the rest")
      ->delimiter(',')
      ->group(group);
  app.add_option("--start-samples", a.fit.augmentation.start_samples,
                 "Three quarters of the clips start up to so many samples later")
      ->group(group);
  app.add_option("--speed", a.fit.augmentation.speed, "And half of these are up to this share faster or slower")
      ->check(CLI::Range(0.0f, kMostSpeed))
      ->group(group);
}

void add_attacks(CLI::App& app, Arguments& a) {
  const std::string group = "Attacks";
  app.add_option("--searches", a.searches,
                 "Of the agents' own, against a network in training; it learns what they find")
      ->group(group);
  app.add_option("--search-evaluations", a.search_evaluations, "Songs of each")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_option("--first-attack", a.fit.first_attack, "The epoch after which they come first")->group(group);
  app.add_option("--attack-every", a.fit.attack_every, "After so many epochs they come again")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_option("--evolved-target", a.evolved_target, "The label of what they find, where no mentor is asked")
      ->check(CLI::Range(0.0, 1.0))
      ->group(group);
  app.add_option("--lessons", a.lessons, "Songs that earlier attacks found (`sotto judge attack --songs`), learned too")
      ->default_str("")
      ->delimiter(',')
      ->group(group);
  app.add_option("--seeds", a.seeds, "Searches against the finished judge")->group(group);
  app.add_option("--evaluations", a.evaluations, "They are looked at after so many songs, ascending")
      ->delimiter(',')
      ->check(CLI::PositiveNumber)
      ->group(group);
}

// What no option says by itself; empty: nothing is wrong.
std::string contradiction(const Arguments& a) {
  if (a.fit.channels.empty() || a.late_frames.empty() || a.pair_weights.empty() || a.splices.empty() ||
      a.evaluations.empty())
    return "a list is empty";
  if (!std::is_sorted(a.evaluations.begin(), a.evaluations.end())) return "--evaluations must ascend";
  if (a.mentor > 0 && a.fit.hop_bits != 8) return "--mentor needs --hop-bits 8";
  if (a.summaries > 0 && (a.fit.hop_bits != 8 || a.fit.channels.size() < 2))
    return "--summaries needs --hop-bits 8 and two layers or more";
  if (largest(a.splices) > 0 && a.fit.augmentation.start_samples > 0) return "--splices needs --start-samples 0";
  if (a.summaries > std::min(a.members, a.fold_members)) return "--summaries: there are fewer members, or fold members";
  if (!a.weights.empty() && (a.weights.size() != a.members || a.members != a.fold_members))
    return "--weights must name one per member, and a fold must have as many";
  return "";
}

}  // namespace

std::optional<int> parse(int argc, char** argv, Arguments& out) {
  CLI::App app(
      "Train a judge: fits for a cross-validation, and the judge, which is trained without the first fold. While they "
      "learn, the\n"
      "agents' own search attacks them. The same clips, options and machine give the same judge, bit for bit; an "
      "interrupted\n"
      "run goes on where it was.",
      "sotto-train train");
  app.option_defaults()->always_capture_default();
  add_files(app, out), add_networks(app, out), add_training(app, out), add_attacks(app, out);
  try {
    app.parse(argc, argv);
    const std::string wrong = contradiction(out);
    if (!wrong.empty()) throw CLI::ValidationError(wrong);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ErrorKind::kUsage);
  }
  out.fit.bands = make_front_end(out.fit.hop_bits).bands;
  return {};
}

}  // namespace sotto::judge::train
