// SPDX-License-Identifier: Apache-2.0
#include "judge/train/arguments.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "judge/train/front_end.h"

namespace sotto::judge::train {

const char* const kUsage =
    "usage: sotto-train train --clips FILE --work DIR --judge OUT.judge --card OUT.md [--name ear-20k] [--channels "
    "40,40,40]\n"
    "    [--members 3] [--fold-members 1] [--epochs 24] [--seed 1] [--folds 5] [--curve yes|no] [--pictures DIR] "
    "[--jobs 1]\n"
    "    [--searches 2] [--search-evaluations 2000] [--first-attack 4] [--evolved-target 0.15] [--late-frames 8,0,8]\n"
    "    [--start-samples 0] [--speed 0] [--last-gain 1] [--dense-from LAYER] [--concave no] [--hop-bits 8] [--lessons "
    "FILE,FILE]\n"
    "    [--mentor 0] [--attack-every 1] [--pair-weight 0.25] [--seeds 3] [--evaluations 1000,10000] [--search sotto]\n"
    "    [--summaries 0] [--hidden 32] [--weights 1,1] [--residual 0]\n"
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
    "(`sotto judge attack --songs`), trained on from the start. --mentor 0.8: labels are to four fifths what boosted "
    "trees over some\n"
    "hundred traits think of a clip (trees that have not seen its author), and those of evolved songs wholly, instead "
    "of --evolved-target. Only with --hop-bits 8.\n"
    "--summaries 1: the first member, of a fold too, hears averages over three seconds only, and has --hidden units.\n"
    "--pair-weight 0,0.1: no margin between a human clip and its mutants and shuffled copies for the first member, a "
    "small one for\n"
    "the second. --residual 0,1: while the second member learns, the output of the first one is added to its own, so "
    "that it learns\n"
    "what that one lacks. Lists of --late-frames, --pair-weight and --residual start again after their end.\n"
    "--weights 2,1: the first member counts twice as much as the second.\n"
    "--seeds searches attack the finished judge, and are looked at after as many songs as --evaluations says.\n"
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

namespace {

constexpr float kMostSpeed = 0.1f;

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

std::vector<float> shares(const std::string& list) {
  std::vector<float> out;
  for (const std::string& item : words(list)) out.push_back(static_cast<float>(std::atof(item.c_str())));
  return out;
}

bool lists_by_member(const Arguments& a) {
  if (a.late_frames.empty() || a.pair_weights.empty() || a.residual.empty()) return false;
  for (size_t m = 0; m < std::max(a.members, a.fold_members); m++)
    if (by_member(a.residual, m) > m || !(by_member(a.pair_weights, m) >= 0)) return false;
  return true;
}

bool consistent(const Arguments& a) {
  const FitOptions& fit = a.fit;
  const bool files = !a.clips.empty() && !a.work.empty() && !a.judge.empty() && !a.card.empty();
  const bool counts = fit.epochs > 0 && a.members > 0 && a.fold_members > 0 && a.folds > 0 && a.folds <= kFolds &&
                      a.jobs > 0 && fit.attack_every > 0 && !a.evaluations.empty() && a.evaluations[0] > 0 &&
                      std::is_sorted(a.evaluations.begin(), a.evaluations.end());
  const bool nets = (fit.hop_bits == 8 || fit.hop_bits == 9) && !fit.channels.empty() &&
                    fit.augmentation.speed >= 0 && fit.augmentation.speed <= kMostSpeed;
  const bool mentor = a.mentor >= 0 && a.mentor <= 1 && (a.mentor == 0 || fit.hop_bits == 8);
  const bool summaries = a.summaries <= std::min(a.members, a.fold_members) && a.hidden > 0 &&
                         (a.summaries == 0 || (fit.hop_bits == 8 && fit.channels.size() > 1));
  const bool weights = a.weights.empty() ||
                       (a.weights.size() == a.members && a.members == a.fold_members &&
                        std::all_of(a.weights.begin(), a.weights.end(), [](float w) { return w > 0; }));
  return files && counts && nets && mentor && summaries && weights && lists_by_member(a);
}

}  // namespace

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
    else if (name == "--summaries") out.summaries = number;
    else if (name == "--hidden") out.hidden = number;
    else if (name == "--residual") out.residual = numbers(value);
    else if (name == "--weights") out.weights = shares(value);
    else if (name == "--epochs") out.fit.epochs = number;
    else if (name == "--seed") out.fit.seed = number;
    else if (name == "--folds") out.folds = number;
    else if (name == "--evaluations") out.evaluations = numbers(value);
    else if (name == "--seeds") out.seeds = number;
    else if (name == "--search") out.search = value;
    else if (name == "--searches") out.searches = number;
    else if (name == "--search-evaluations") out.search_evaluations = number;
    else if (name == "--evolved-target") out.evolved_target = static_cast<float>(std::atof(value.c_str()));
    else if (name == "--mentor") out.mentor = static_cast<float>(std::atof(value.c_str()));
    else if (name == "--pair-weight") out.pair_weights = shares(value);
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
  return argc % 2 == 1 && consistent(out);
}

}  // namespace sotto::judge::train
