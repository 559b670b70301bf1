// SPDX-License-Identifier: Apache-2.0
#include "judge/train/trainer.h"

#include <algorithm>
#include <filesystem>

#include "judge/train/agents_search.h"
#include "judge/train/ensemble.h"
#include "judge/train/jobs.h"
#include "judge/train/quantise.h"

namespace sotto::judge::train {
namespace {

constexpr float kWhole = 0.25f;      // what a clip is worth to a member that hears splices for being whole
constexpr size_t kLessonsKept = 32;  // songs of one search that are trained on

}  // namespace

std::string fold_name(size_t fold) { return "fold" + std::to_string(fold); }
std::string curve_name(size_t i) { return "curve" + std::to_string(i); }

std::string Trainer::member_file(const std::string& name, size_t member) const {
  return file(name + "." + std::to_string(member));
}

Status Trainer::train_all() const {
  struct Fit {
    std::string name;
    Split clips;
    size_t members;
  };
  std::vector<Fit> fits;
  for (size_t fold = 0; fold < arguments.folds; fold++)
    fits.push_back({fold_name(fold), split(examples, static_cast<int>(fold)),
                    fold ? arguments.fold_members : std::max(arguments.members, arguments.fold_members)});
  for (size_t i = 0; arguments.curve && i < std::size(kCurve); i++)
    fits.push_back({curve_name(i), with_fewer_authors(split(examples, 0), kCurve[i]), arguments.fold_members});
  return in_processes(fits.size(), arguments.jobs,
                      [&](size_t i) { return train(fits[i].name, fits[i].clips, fits[i].members); });
}

Result<FloatModel> Trainer::read_member(const std::string& name, size_t member) const {
  return read_model(member_file(name, member));
}

Result<FloatModel> Trainer::read(const std::string& name, size_t count) const {
  std::vector<FloatModel> members;
  for (size_t m = 0; m < count; m++) {
    SOTTO_TRY(FloatModel model, read_member(name, m));
    members.push_back(std::move(model));
  }
  return mean_of(members, arguments.weights);
}

// One member after the other, since each is attacked together with those before it.
Status Trainer::train(const std::string& name, const Split& clips, size_t count) const {
  size_t first = 0;
  while (first < count && std::filesystem::exists(member_file(name, first))) first++;
  if (first == count) return ok_status();
  School school;
  SOTTO_TRY_STATUS(open_school(school, clips));
  for (size_t m = first; m < count; m++) SOTTO_TRY_STATUS(train_member(name, school, m));
  return ok_status();
}

// Clips are taught to be, by so much, what the mentor thinks, and for the rest what they are.
Status Trainer::open_school(School& school, const Split& clips) const {
  school.clips = clips.trained;
  if (arguments.mentor > 0) {
    SOTTO_TRY(school.mentor, Mentor::learn(clips.trained, arguments.fit.bands, arguments.fit.seed));
    for (const Example* e : clips.trained) {
      SOTTO_TRY(const float opinion, school.mentor->opinion(*e));
      school.opinions[e] = arguments.mentor * opinion + (1 - arguments.mentor) * e->target;
    }
  }
  school.lessons = lessons;
  for (Example& e : school.lessons) {
    SOTTO_TRY(e.target, worth(e, school));
    school.clips.push_back(&e);
  }
  return ok_status();
}

Status Trainer::train_member(const std::string& name, const School& school, size_t member) const {
  const std::string path = member_file(name, member);
  const FitOptions options = options_of(name, school, member);
  SOTTO_TRY(const FloatModel model, by_member(arguments.splices, member) ? learn_splices(school, options)
                                                                         : learn_all(name, school, member, options));
  SOTTO_TRY_STATUS(write_model(model, path));
  std::filesystem::remove(path + ".checkpoint");
  return ok_status();
}

FitOptions Trainer::options_of(const std::string& name, const School& school, size_t member) const {
  FitOptions options = arguments.fit;
  options.seed += 100 * member;
  if (member < arguments.summaries) options.summary = arguments.hidden;
  options.augmentation.late_frames = by_member(arguments.late_frames, member);
  options.pair_weight = by_member(arguments.pair_weights, member);
  options.name = name + "." + std::to_string(member);
  options.checkpoint = member_file(name, member);
  options.target = [&school](const Example& e) { return school.label(e); };
  return options;
}

// What is people's song, attacked together with the members before it.
Result<FloatModel> Trainer::learn_all(const std::string& name, const School& school, size_t member,
                                      FitOptions options) const {
  std::vector<FloatModel> together;
  for (size_t m = 0; m < member; m++) {
    SOTTO_TRY(FloatModel before, read_member(name, m));
    together.push_back(std::move(before));
  }
  together.emplace_back();
  std::vector<float> weights = arguments.weights;
  if (!weights.empty()) weights.resize(together.size());
  if (arguments.searches > 0)
    options.adversary = [&](const FloatModel& net, unsigned epoch) {
      together.back() = net;
      return fooled(mean_of(together, weights), school, 1'000'000 * options.seed + 100 * epoch,
                    options.checkpoint + ".epoch" + std::to_string(epoch));
    };
  return fit(school.clips, options);
}

// What was cut, whatever it is made of: copies are cut of all clips, so that it is the splices that are heard. Whole
// clips are worth three quarters of what they are worth otherwise, and a quarter: with the same label for all, random
// programs would come out above songs, in which more happens that might be a splice. Squared error, since a spread
// among whole clips spoils the verdict of the other members.
Result<FloatModel> Trainer::learn_splices(const School& school, FitOptions options) const {
  std::vector<const Example*> clips = school.clips;
  std::erase_if(clips, [](const Example* e) { return e->cut(); });
  const std::vector<Example> copies = cut_copies(front_end, clips);
  for (const Example& e : copies) clips.push_back(&e);
  options.target = [&school](const Example& e) { return e.cut() ? 0 : kWhole + (1 - kWhole) * school.label(e); };
  options.squared = true;
  return fit(clips, options);
}

// The target of a song that a search found.
Result<float> Trainer::worth(const Example& evolved, const School& school) const {
  if (!school.mentor) return arguments.evolved_target;
  return school.mentor->opinion(evolved);
}

// What the agents' search finds against networks in training: the best of every search.
Result<std::vector<Example>> Trainer::fooled(const FloatModel& model, const School& school, uint64_t seed,
                                             const std::string& songs_file) const {
  std::vector<Example> out;
  for (unsigned i = 0; i < arguments.searches; i++) {
    const std::string songs = songs_file + "." + std::to_string(i) + ".songs";
    if (!std::filesystem::exists(songs))  // after an interruption they are
      SOTTO_TRY_STATUS(
          agents_search(quantise(front_end, model), {arguments.search, seed + i, arguments.search_evaluations}, songs));
    SOTTO_TRY(auto found, read_evolved(songs));
    found.resize(std::min(found.size(), kLessonsKept));
    for (const Evolved& song : found) {
      out.push_back(example_of(front_end, "evolved", song.samples));
      SOTTO_TRY(out.back().target, worth(out.back(), school));
    }
  }
  return out;
}

}  // namespace sotto::judge::train
