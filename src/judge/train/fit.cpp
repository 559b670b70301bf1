// SPDX-License-Identifier: Apache-2.0
#include "judge/train/fit.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <random>

#include "base/check.h"

namespace sotto::judge::train {
namespace {

constexpr double kPeakRate = 2e-3, kWeightDecay = 0.05, kSmooth = 0.03, kPairWeight = 0.5, kDropout = 0.1;
constexpr double kAverageDecay = 0.995;
// Per batch: human clips, as many relatives, and clips of no song.
constexpr size_t kHumans = 32, kPoolShare[kPools] = {10, 14, 4};
constexpr float kStep = 32;           // log_step: feature units per octave of energy
constexpr size_t kNormBatches = 60;

struct Net : torch::nn::Module {
  std::vector<torch::nn::Conv1d> conv;
  std::vector<torch::nn::BatchNorm1d> norm;  // folded into the convolution when training is over
  torch::nn::Dropout dropout{nullptr};
  torch::nn::Linear head{nullptr};

  explicit Net(const FitOptions& options) {
    int64_t channels = options.bands;
    for (uint32_t out : options.channels) {
      const std::string name = "conv" + std::to_string(conv.size());
      conv.push_back(register_module(name, torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, out, 4).stride(2))));
      norm.push_back(register_module("norm" + std::to_string(norm.size()), torch::nn::BatchNorm1d(out)));
      channels = out;
    }
    dropout = register_module("dropout", torch::nn::Dropout(kDropout));
    head = register_module("head", torch::nn::Linear(2 * channels, 1));
  }
  torch::Tensor forward(torch::Tensor x) {  // [batch][bands][frames]
    for (size_t i = 0; i < conv.size(); i++) x = torch::clamp(norm[i](conv[i](x)), 0, kActivationCap);
    return head(dropout(torch::cat({x.mean(2), (x * x).mean(2)}, 1))).squeeze(1);
  }
};

// Mean per band and one common scale.
void measure_inputs(const std::vector<const Example*>& examples, FloatModel& model, size_t bands) {
  std::vector<double> sum(bands, 0);
  double squares = 0, count = 0;
  for (const Example* e : examples)
    for (size_t j = 0; j < e->features.size(); j++) sum[j % bands] += e->features[j];
  for (const Example* e : examples) count += static_cast<double>(e->features.size() / bands);
  for (double s : sum) model.input_mean.push_back(static_cast<float>(s / count));
  for (const Example* e : examples)
    for (size_t j = 0; j < e->features.size(); j++) {
      const double d = e->features[j] - double{model.input_mean[j % bands]};
      squares += d * d;
    }
  model.input_scale = static_cast<float>(std::sqrt(squares / (count * static_cast<double>(bands))));
}

// Draws batches: the first kHumans examples are human, the next kHumans their relatives, the rest of no song.
class Batches {
 public:
  Batches(const std::vector<const Example*>& examples, const FloatModel& model, const FitOptions& options)
      : model_(model), augmentation_(options.augmentation), random_(options.seed) {
    for (const Example* e : examples) {
      if (e->human) humans_.push_back(e);
      else if (e->song < 0) others_[e->pool].push_back(e);
      if (e->human || e->song < 0) continue;
      const size_t song = static_cast<size_t>(e->song);
      relatives_.resize(std::max(relatives_.size(), song + 1));
      relatives_[song].push_back(e);
    }
  }
  bool complete() const {
    return humans_.size() >= kHumans && std::none_of(others_, others_ + kPools, [](const auto& pool) { return pool.empty(); });
  }
  size_t per_epoch() const { return humans_.size() / kHumans; }

  struct Batch {
    torch::Tensor x, label, margin;  // margin: of the pairs
  };
  Batch next() {
    std::vector<const Example*> chosen;
    for (size_t i = 0; i < kHumans; i++) chosen.push_back(next_human());
    std::vector<float> margin;
    for (size_t i = 0; i < kHumans; i++) {
      chosen.push_back(relative(*chosen[i]));
      margin.push_back(chosen.back()->margin);
    }
    for (size_t pool = 0; pool < kPools; pool++)
      for (size_t i = 0; i < kPoolShare[pool]; i++) chosen.push_back(other(pool));
    std::vector<float> label;
    for (const Example* e : chosen) label.push_back(e->human ? 1 - kSmooth : kSmooth);
    return {inputs(chosen), torch::tensor(label), torch::tensor(margin)};
  }

 private:
  const Example* next_human() {
    if (at_ % humans_.size() == 0) std::shuffle(humans_.begin(), humans_.end(), random_);
    return humans_[at_++ % humans_.size()];
  }
  const Example* other(size_t pool) { return others_[pool][random_() % others_[pool].size()]; }
  const Example* relative(const Example& human) {
    const size_t song = static_cast<size_t>(human.song);
    if (song >= relatives_.size() || relatives_[song].empty()) return other(kRandom);
    return relatives_[song][random_() % relatives_[song].size()];
  }
  torch::Tensor inputs(const std::vector<const Example*>& chosen) {
    const size_t bands = model_.input_mean.size(), frames = chosen[0]->features.size() / bands;
    torch::Tensor x = torch::empty({static_cast<int64_t>(chosen.size()), static_cast<int64_t>(bands),
                                    static_cast<int64_t>(frames)});
    float* out = x.data_ptr<float>();
    for (const Example* e : chosen) {
      augmented(*e, frames, bands, out);
      out += frames * bands;
    }
    return x;
  }
  // Loudness, colour and start vary; a few bands and frames are missing.
  void augmented(const Example& e, size_t frames, size_t bands, float* out) {
    const Augmentation& a = augmentation_;
    std::uniform_real_distribution<float> unit(-1, 1);
    const float gain = unit(random_) * a.gain_octaves * kStep, tilt = unit(random_) * a.tilt_octaves * kStep;
    const size_t masked = random_() % (a.masked_bands + 1), first_band = random_() % (bands - masked);
    const size_t start = a.start_frames ? random_() % (a.start_frames + 1) : 0;
    const size_t gap = a.masked_frames ? random_() % (a.masked_frames + 1) : 0;
    const size_t first_frame = gap ? random_() % (frames - gap) : 0;
    for (size_t b = 0; b < bands; b++) {
      const float shift = gain + tilt * (static_cast<float>(b) / static_cast<float>(bands) - 0.5f) - model_.input_mean[b];
      const bool no_band = b - first_band < masked;
      for (size_t i = 0; i < frames; i++) {
        const float value = static_cast<float>(e.features[(i + start) % frames * bands + b]) + shift;
        *out++ = no_band || i - first_frame < gap ? 0 : value / model_.input_scale;
      }
    }
  }

  const FloatModel& model_;
  const Augmentation augmentation_;
  std::mt19937_64 random_;
  std::vector<const Example*> humans_, others_[kPools];
  std::vector<std::vector<const Example*>> relatives_;
  size_t at_ = 0;
};

torch::Tensor loss_of(const torch::Tensor& logit, const Batches::Batch& batch) {
  const auto bce = torch::binary_cross_entropy_with_logits(logit, batch.label);
  const int64_t n = static_cast<int64_t>(kHumans);
  const auto lead = logit.slice(0, 0, n) - logit.slice(0, n, 2 * n);
  return bce + kPairWeight * torch::softplus(batch.margin - lead).mean();
}

// gamma (conv(x) - mean) / sqrt(var + eps) + beta, as one convolution
void copy_out(Net& net, FloatModel& model) {
  for (size_t i = 0; i < net.conv.size(); i++) {
    auto& layer = net.conv[i];
    auto& norm = net.norm[i];
    const auto gain = norm->weight / torch::sqrt(norm->running_var + norm->options.eps());
    layer->weight.mul_(gain.view({-1, 1, 1}));
    layer->bias.copy_((layer->bias - norm->running_mean) * gain + norm->bias);
    FloatConv out;
    out.out_channels = static_cast<uint32_t>(layer->weight.size(0));
    out.in_channels = static_cast<uint32_t>(layer->weight.size(1));
    const auto w = layer->weight.detach().permute({2, 1, 0}).contiguous();  // [out][in][tap] -> [tap][in][out]
    out.weights.assign(w.data_ptr<float>(), w.data_ptr<float>() + w.numel());
    out.bias.assign(layer->bias.data_ptr<float>(), layer->bias.data_ptr<float>() + layer->bias.numel());
    model.conv.push_back(std::move(out));
  }
  const float* head = net.head->weight.data_ptr<float>();
  const size_t channels = model.conv.back().out_channels;
  model.head_mean.assign(head, head + channels);
  model.head_square.assign(head + channels, head + 2 * channels);
  model.head_bias = net.head->bias.item<float>();
}

}  // namespace

FloatModel fit(const std::vector<const Example*>& examples, const FitOptions& options) {
  torch::set_num_threads(static_cast<int>(options.threads));
  torch::manual_seed(options.seed);
  FloatModel model;
  measure_inputs(examples, model, options.bands);
  Batches batches(examples, model, options);
  SOTTO_CHECK(batches.complete());
  Net net(options);
  torch::optim::AdamW optimizer(net.parameters(), torch::optim::AdamWOptions(kPeakRate).weight_decay(kWeightDecay));
  std::vector<torch::Tensor> average;
  for (auto& p : net.parameters()) average.push_back(p.detach().clone());

  const size_t steps = options.epochs * batches.per_epoch();
  double shown = 0;
  for (size_t step = 0; step < steps; step++) {
    const double x = static_cast<double>(step) / static_cast<double>(steps);
    const double rate = kPeakRate * (x < 0.2 ? x / 0.2 : 0.5 + 0.5 * std::cos(std::numbers::pi * (x - 0.2) / 0.8));
    static_cast<torch::optim::AdamWOptions&>(optimizer.param_groups()[0].options()).lr(std::max(rate, 1e-6));
    const Batches::Batch batch = batches.next();
    optimizer.zero_grad();
    const torch::Tensor loss = loss_of(net.forward(batch.x), batch);
    loss.backward();
    optimizer.step();
    torch::NoGradGuard no_grad;
    for (size_t i = 0; i < average.size(); i++)
      average[i].mul_(kAverageDecay).add_(net.parameters()[i], 1 - kAverageDecay);
    shown += loss.item<double>();
    if ((step + 1) % batches.per_epoch() == 0) {
      std::fprintf(stderr, "%s: epoch %zu of %u, loss %.4f\n", options.augmentation.name, (step + 1) / batches.per_epoch(),
                   options.epochs, shown / static_cast<double>(batches.per_epoch()));
      shown = 0;
    }
  }
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < average.size(); i++) net.parameters()[i].copy_(average[i]);
  for (auto& norm : net.norm) norm->reset_running_stats(), norm->options.momentum(c10::nullopt);
  net.train();
  for (size_t i = 0; i < kNormBatches; i++) net.forward(batches.next().x);  // statistics of the averaged weights
  copy_out(net, model);
  return model;
}

}  // namespace sotto::judge::train
