// SPDX-License-Identifier: Apache-2.0
#include "judge/train/batches.h"

#include <algorithm>

#include "base/check.h"
#include "judge/train/front_end.h"

namespace sotto::judge::train {
namespace {

constexpr double kSmooth = 0.03;
constexpr float kStep = 32;  // log_step: feature units per octave of energy

// How far (in logits) below a human clip its relatives should stay: the more edits, the more.
float margin_of(const std::string& kind) {
  if (kind == "mutant1") return 0.5f;
  if (kind == "mutant6") return 1.5f;
  return 1.0f;
}

std::string pool_of(const Example& e) { return e.mutant() ? "mutant" : e.kind; }

constexpr uint32_t kShorter = 8320;  // samples: room for later starts; what is left are 280 hops of 256

Network shorter_front_end(uint32_t hop_bits) {
  Network net = make_front_end(hop_bits);
  net.samples -= kShorter;
  net.frames = net.samples / net.hop() - 1;
  return net;
}

float unit(std::mt19937_64& random) { return static_cast<float>(random() >> 40) * 0x1p-23f - 1; }  // [-1, 1)

}  // namespace

Batches::Batches(const std::vector<const Example*>& examples, const FloatModel& model, const FitOptions& options)
    : model_(model), options_(options), window_(shorter_front_end(options.hop_bits)), listener_(window_) {
  for (const Example* e : examples) add(*e);
  SOTTO_CHECK(humans_.size() >= kHumans);
}

void Batches::add(const Example& e) {
  if (e.human()) {
    humans_.push_back(&e);
    return;
  }
  if (e.whole) {
    cuts_[e.whole].push_back(&e);
    return;
  }
  const std::string pool = pool_of(e);
  pools_[pool].push_back(&e);
  if (e.song >= 0) relatives_[{pool, e.song, e.mutant() ? 0 : e.second}].push_back(&e);
}

float Batches::target(const Example& e) const { return options_.target ? options_.target(e) : e.target; }

void Batches::start_epoch(unsigned epoch) {
  random_.seed(options_.seed * 1000 + epoch);
  order_ = humans_;
  for (size_t i = order_.size() - 1; i > 0; i--) std::swap(order_[i], order_[random_() % (i + 1)]);
  at_ = 0;
}

const Example* Batches::relative(const std::string& kind, const Example& human) {
  const auto found = relatives_.find({kind, human.song, kind == "mutant" ? 0 : human.second});
  return found == relatives_.end() ? nullptr : drawn(found->second);
}

Batches::Batch Batches::next() {
  std::vector<const Example*> chosen;
  for (size_t i = 0; i < kHumans; i++) chosen.push_back(order_[at_++ % order_.size()]);
  Batch batch;
  for (const Share& share : kShares) {
    const auto pool = pools_.find(share.kind);
    if (pool == pools_.end()) continue;
    for (size_t i = 0; i < share.count; i++) {
      // Shuffled and looped copies go with the last human clips, mutants with the first.
      const size_t human =
          pool->first == "shuffled" || pool->first == "looped" ? kHumans - 1 - i % kHumans : i % kHumans;
      const Example* e = relative(pool->first, *chosen[human]);
      if (e) batch.pairs.emplace_back(human, chosen.size()), batch.margins.push_back(margin_of(e->kind));
      chosen.push_back(e ? e : drawn(pool->second));
    }
  }
  for (size_t i = 0, whole = chosen.size(); i < whole && !cuts_.empty(); i++) {
    const auto copies = cuts_.find(chosen[i]);
    if (copies != cuts_.end()) chosen.push_back(drawn(copies->second));
  }
  std::vector<float> label;
  for (const Example* e : chosen) label.push_back(static_cast<float>(kSmooth + (1 - 2 * kSmooth) * double{target(*e)}));
  batch.label = torch::tensor(label);
  const size_t bands = model_.input_mean.size(),
               frames = varied() ? window_.frames : chosen[0]->features.size() / bands;
  torch::Tensor x =
      torch::empty({static_cast<int64_t>(chosen.size()), static_cast<int64_t>(frames), static_cast<int64_t>(bands)});
  float* out = x.data_ptr<float>();
  for (const Example* e : chosen) {
    augmented(*e, frames, bands, out);
    out += frames * bands;
  }
  batch.x = x.transpose(1, 2).contiguous();
  return batch;
}

// The features of a clip that starts later and goes faster or slower (linear interpolation). A quarter is as it is
// judged; of evolved songs half, since the search found them there.
std::vector<uint16_t> Batches::elsewhere(const Example& e) {
  const Augmentation& a = options_.augmentation;
  const bool moved = random_() % 4 >= (e.kind == "evolved" ? 2u : 1u);
  const double speed = moved && random_() % 2 ? 1 + double{unit(random_)} * double{a.speed} : 1;
  const double length = speed * window_.samples, room = static_cast<double>(e.samples.size()) - 1 - length;
  const size_t start =
      moved ? random_() % (1 + std::min(a.start_samples, static_cast<size_t>(std::max(0.0, room)))) : 0;
  std::vector<uint8_t> samples(window_.samples);
  for (size_t i = 0; i < samples.size(); i++) {
    const double at = static_cast<double>(start) + speed * static_cast<double>(i);
    const size_t whole = static_cast<size_t>(at);
    const double part = at - static_cast<double>(whole);
    samples[i] = part == 0 ? e.samples[whole]
                           : static_cast<uint8_t>((1 - part) * e.samples[whole] + part * e.samples[whole + 1] + 0.5);
  }
  const std::vector<uint32_t> features = listener_.features(samples);
  return {features.begin(), features.end()};
}

// Loudness and colour vary; a few bands are missing; half of the clips start a little later and end with their
// beginning.
void Batches::augmented(const Example& e, size_t frames, size_t bands, float* out) {
  const Augmentation& a = options_.augmentation;
  const float gain = unit(random_) * a.gain_octaves * kStep, tilt = unit(random_) * a.tilt_octaves * kStep;
  const size_t masked = random_() % (a.masked_bands + 1), first = random_() % (bands - masked);
  std::vector<float> add(bands), factor(bands);
  for (size_t b = 0; b < bands; b++) {
    const bool missing = b - first < masked;
    const float shift = gain + tilt * (static_cast<float>(b) / static_cast<float>(bands) - 0.5f) - model_.input_mean[b];
    add[b] = missing ? 0 : shift / model_.input_scale;
    factor[b] = missing ? 0 : 1 / model_.input_scale;
  }
  const std::vector<uint16_t> features = varied() ? elsewhere(e) : e.features;
  const size_t start = random_() % 2 ? random_() % (a.late_frames + 1) : 0;
  for (size_t i = 0; i < frames; i++) {
    const uint16_t* in = features.data() + (i + start) % frames * bands;
    for (size_t b = 0; b < bands; b++) *out++ = static_cast<float>(in[b]) * factor[b] + add[b];
  }
}

}  // namespace sotto::judge::train
