// SPDX-License-Identifier: Apache-2.0
#include "judge/train/examples.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <random>
#include <set>

#include "judge/net/scorer.h"
#include "judge/train/attack.h"
#include "judge/train/report.h"

namespace sotto::judge::train {
namespace {

constexpr size_t kPrograms = 2500, kTunes = 1500, kPlains = 600;
constexpr size_t kBlocks[] = {500, 1000, 1000, 2000, 2000, 4000, 4000, 8000, 8000, 16000};  // samples

constexpr size_t kBars[] = {4000, 4096, 5000, 6000, 8000, 8192, 10000, 12000, 16000};  // samples
constexpr size_t kHumanCuts = 3;
constexpr double kLeastLoss =
    10;  // feature units (1/32 octave) per value: below it, the song repeats its first bar by itself

using Samples = std::vector<uint8_t>;

// mt19937_64 is the same everywhere, the distributions of the standard library are not.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  size_t below(size_t n) { return engine_() % n; }
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-52 - 1; }  // [-1, 1)

 private:
  std::mt19937_64 engine_;
};

Samples shuffled(const Samples& clip, Random& random) {
  const size_t block = kBlocks[random.below(std::size(kBlocks))], count = clip.size() / block;
  const size_t start = random.below(2) ? random.below(block) : 0;
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; i++) order[i] = i;
  for (size_t i = count - 1; i > 0; i--) std::swap(order[i], order[random.below(i + 1)]);
  Samples out(clip.size());
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < block; j++) out[i * block + j] = clip[(order[i] * block + j + start) % clip.size()];
  return out;
}

// One bar for ten seconds: the song without its form.
Samples looped(const Samples& clip, Random& random) {
  const size_t bar = kBars[random.below(std::size(kBars))];
  Samples out(clip.size());
  for (size_t i = 0; i < out.size(); i++) out[i] = clip[i % bar];
  return out;
}

// A saw that plays a few multiples of one pitch in turn, by arithmetic or from a table: the least that sounds like a
// melody.
std::string tune_source(Random& random) {
  constexpr size_t kMasks[] = {1, 2, 3, 3, 4, 5, 6, 7, 7, 8, 9, 10, 12, 14, 15};
  const auto number = [&](size_t from, size_t to) { return from + random.below(to - from + 1); };
  const size_t small = number(1, 15), large = number(1, 40), clock = number(6, 13),
               mask = kMasks[random.below(std::size(kMasks))];
  std::string notes = std::to_string(large);
  for (size_t left = (size_t{4} << random.below(3)) - 1; left > 0; left--)
    notes.append(",").append(std::to_string(number(4, 40)));
  const size_t count = 1 + static_cast<size_t>(std::count(notes.begin(), notes.end(), ','));
  const std::string steps = format("((t>>%zu)&%zu)", clock, mask);
  std::string source;
  switch (random.below(10)) {
    case 0:
      source = format("t*(%zu>>%s)", large, steps.c_str());
      break;
    case 1:
      source = format("t*(%s^%zu)", steps.c_str(), small);
      break;
    case 2:
      source = format("t*(%s+%zu)", steps.c_str(), small);
      break;
    case 3:
      source = format("t*(%s*%zu)", steps.c_str(), small);
      break;
    case 4:
      source = format("t*(%zu&(t>>%zu))", large, clock);
      break;
    case 5:
      source = format("t*(%zu-%s)", large, steps.c_str());
      break;
    case 6:
      source = format("t*(%s|%zu)", steps.c_str(), small);
      break;
    default:
      source = format("t*[%s][(t>>%zu)&%zu]>>%zu", notes.c_str(), clock, count - 1, number(2, 4));
  }
  if (random.below(3) == 0) source += format(">>%zu", number(1, 2));
  if (random.below(4) == 0) source += format("&%zu", (size_t{64} << random.below(2)) - 1);
  const size_t more = random.below(8);
  if (more < 2) source += format(more ? "|(t>>%zu)" : "&(t>>%zu)", number(3, 9));
  return source;
}
Samples tune(Random& random) {
  for (;;) {
    auto samples = rendered(tune_source(random));
    if (samples && sounds(*samples)) return std::move(*samples);
  }
}

// Silence and constants, held noise, square waves, sines, random walks.
Samples plain(size_t which, Random& random) {
  Samples out(kClipSamples);
  const int amplitude = 1 + static_cast<int>(random.below(127));
  const size_t hold = 1 + random.below(30), period = 2 + random.below(400);
  int walk = 128;
  for (size_t i = 0; i < out.size(); i++) {
    int v = 0;
    if (which == 0)
      v = 2 * amplitude;
    else if (which == 1)
      v = i % hold ? out[i - 1] : 128 + static_cast<int>(std::lround(random.unit() * amplitude));
    else if (which == 2)
      v = i % period < period / 2 ? 128 + amplitude : 128 - amplitude;
    else if (which == 3)
      v = 128 +
          static_cast<int>(std::lround(amplitude * std::sin(2 * std::numbers::pi * static_cast<double>(i % period) /
                                                            static_cast<double>(period))));
    else
      v = walk = std::clamp(walk + static_cast<int>(std::lround(random.unit() * static_cast<double>(hold))), 0, 255);
    out[i] = static_cast<uint8_t>(std::clamp(v, 0, 255));
  }
  return out;
}

void set_features(const Scorer& scorer, const Samples& samples, Example& e) {
  const std::vector<uint32_t> features = scorer.features(samples);
  e.features.assign(features.begin(), features.end());
  e.samples = samples;
}

// Mean absolute difference of the features.
double distance(const Example& a, const Example& b) {
  double sum = 0;
  for (size_t j = 0; j < a.features.size(); j++)
    sum += std::abs(static_cast<int>(a.features[j]) - static_cast<int>(b.features[j]));
  return sum / static_cast<double>(a.features.size());
}

}  // namespace

Example example_of(const Network& front_end, const std::string& kind, const Samples& samples) {
  Example e;
  e.kind = kind;
  e.rate = 8000;
  set_features(Scorer(front_end), samples, e);
  return e;
}

std::vector<Example> make_examples(const Network& front_end, Clips clips) {
  const Scorer scorer(front_end);
  Random random(1);
  std::vector<Example> out;
  for (Clip& c : clips.list) {
    Example e{
        {}, c.kind, c.song, c.author, c.group, c.stars, c.fold, c.rate, c.second, c.extra, c.human() ? 1.0f : 0.0f, {}};
    set_features(scorer, c.samples, e);
    if (c.human())
      for (int copy = 0; copy < (c.extra ? 1 : 2); copy++) {
        Example mixed = e;
        mixed.kind = "shuffled", mixed.extra = true, mixed.target = 0;
        set_features(scorer, shuffled(c.samples, random), mixed);
        out.push_back(std::move(mixed));
        Example bar = e;
        bar.kind = "looped", bar.extra = c.extra || copy > 0, bar.target = 0;
        set_features(scorer, looped(c.samples, random), bar);
        if (distance(bar, e) >= kLeastLoss) out.push_back(std::move(bar));
      }
    out.push_back(std::move(e));
    Samples().swap(c.samples);
  }
  auto made_of_nothing = [&](const char* kind, const Samples& samples, size_t index) {
    Example e;
    e.kind = kind, e.rate = 8000, e.fold = static_cast<int>(index % kFolds);
    set_features(scorer, samples, e);
    out.push_back(std::move(e));
  };
  const std::vector<Samples> programs = random_songs(1, kPrograms);
  for (size_t i = 0; i < programs.size(); i++) made_of_nothing("program", programs[i], i);
  for (size_t i = 0; i < kTunes; i++) made_of_nothing("tune", tune(random), i);
  for (size_t i = 0; i < kPlains; i++) made_of_nothing("plain", plain(i / kFolds % 5, random), i);
  return out;
}

std::vector<Example> cut_copies(const Network& front_end, const std::vector<const Example*>& clips) {
  const Scorer scorer(front_end);
  Random random(2);
  std::vector<Example> out;
  for (const Example* e : clips) {
    if (e->cut() || e->kind == "plain") continue;
    for (size_t copy = 0; copy < (e->human() ? kHumanCuts : 1); copy++) {
      Example cut;
      cut.kind = "cut", cut.whole = e;
      set_features(scorer, random.below(3) ? shuffled(e->samples, random) : looped(e->samples, random), cut);
      Samples().swap(cut.samples);
      if (distance(cut, *e) >= kLeastLoss) out.push_back(std::move(cut));
    }
  }
  return out;
}

Split split(const std::vector<Example>& examples, int fold) {
  std::set<int> authors, groups;
  for (const Example& e : examples)
    if (e.song >= 0 && e.fold == fold && fold >= 0) authors.insert(e.author), groups.insert(e.group);
  Split out;
  for (const Example& e : examples) {
    const bool held = fold >= 0 && e.fold == fold;
    if (held && !e.extra) out.held.push_back(&e);
    if (!held && (e.song < 0 || (!authors.contains(e.author) && !groups.contains(e.group)))) out.trained.push_back(&e);
  }
  return out;
}

Split with_fewer_authors(Split split, double share) {
  std::set<int> authors;
  for (const Example* e : split.trained) authors.insert(e->author);
  std::vector<int> order(authors.begin(), authors.end());
  Random random(1);
  for (size_t i = order.size() - 1; i > 0; i--) std::swap(order[i], order[random.below(i + 1)]);
  const size_t kept = static_cast<size_t>(std::ceil(share * static_cast<double>(order.size())));
  const std::set<int> chosen(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept));
  std::erase_if(split.trained, [&](const Example* e) { return e->song >= 0 && !chosen.contains(e->author); });
  return split;
}

}  // namespace sotto::judge::train
