// SPDX-License-Identifier: Apache-2.0
#include "judge/train/fit.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <memory>
#include <numbers>

#include "judge/train/batches.h"
#include "judge/train/conv_net.h"
#include "judge/train/summary_net.h"

namespace sotto::judge::train {
namespace {

constexpr double kPeakRate = 2e-3, kAverageDecay = 0.99;
constexpr size_t kNormBatches = 60, kQuickNormBatches = 20;

// Mean per band and one common scale, of the human clips.
void measure_inputs(const std::vector<const Example*>& examples, FloatModel& model, size_t bands) {
  std::vector<double> sum(bands, 0);
  double squares = 0, count = 0;
  for (const Example* e : examples) {
    if (!e->human()) continue;
    for (size_t j = 0; j < e->features.size(); j++) sum[j % bands] += e->features[j];
    count += static_cast<double>(e->features.size() / bands);
  }
  for (double s : sum) model.input_mean.push_back(static_cast<float>(s / count));
  for (const Example* e : examples) {
    if (!e->human()) continue;
    for (size_t j = 0; j < e->features.size(); j++) {
      const double d = e->features[j] - double{model.input_mean[j % bands]};
      squares += d * d;
    }
  }
  model.input_scale = static_cast<float>(std::sqrt(squares / (count * static_cast<double>(bands))));
}

torch::Tensor loss_of(const torch::Tensor& logit, const Batches::Batch& batch, const FitOptions& options) {
  if (options.squared) return torch::mse_loss(logit, torch::logit(batch.label));
  const auto bce = torch::binary_cross_entropy_with_logits(logit, batch.label);
  if (batch.pairs.empty() || options.pair_weight == 0) return bce;
  std::vector<int64_t> human, relative;
  for (const auto& [h, r] : batch.pairs)
    human.push_back(static_cast<int64_t>(h)), relative.push_back(static_cast<int64_t>(r));
  const auto lead = logit.index_select(0, torch::tensor(human)) - logit.index_select(0, torch::tensor(relative));
  return bce + 2 * double{options.pair_weight} * torch::softplus(torch::tensor(batch.margins) - lead).mean();
}

// What is learned, before training.
class Nets {
 public:
  Nets(const std::vector<const Example*>& examples, const FloatModel& inputs, const FitOptions& options)
      : options_(options) {
    if (options.summary > 0) summary_ = make_summary(examples, inputs, options.channels.size() - 1);
  }
  std::unique_ptr<LearnedNet> fresh() const {
    if (options_.summary > 0)
      return std::make_unique<SummaryNet>(summary_, static_cast<int64_t>(options_.summary), options_.dropout);
    auto net = std::make_unique<ConvNet>(options_.bands, options_.channels, 1, options_.dropout, options_.dense_from);
    net->concave = options_.concave;
    return net;
  }

 private:
  const FitOptions& options_;
  Summary summary_;
};

// Net, optimizer and averages after some epochs.
class Training {
 public:
  Training(Batches& batches, const Nets& nets, const FloatModel& inputs, const FitOptions& options)
      : batches_(batches),
        inputs_(inputs),
        options_(options),
        nets_(nets),
        net_(nets.fresh()),
        optimizer_(net_->parameters(), torch::optim::AdamWOptions(kPeakRate).weight_decay(options.weight_decay)) {
    torch::NoGradGuard no_grad;
    net_->norm.back()->weight.fill_(options.last_gain);
    for (auto& p : net_->parameters()) average_.push_back(p.detach().clone());
  }
  unsigned epochs() const { return done_; }
  // From the checkpoint, if there is one.
  Status resume() {
    const std::string path = options_.checkpoint + ".checkpoint";
    if (options_.checkpoint.empty() || !std::filesystem::exists(path)) return ok_status();
    torch::serialize::InputArchive archive, net, optimizer;
    archive.load_from(path);
    archive.read("net", net), archive.read("optimizer", optimizer);
    net_->load(net), optimizer_.load(optimizer);
    for (size_t i = 0; i < average_.size(); i++) archive.read("average" + std::to_string(i), average_[i]);
    torch::Tensor epochs;
    archive.read("epochs", epochs);
    done_ = static_cast<unsigned>(epochs.item<int64_t>());
    std::fprintf(stderr, "%s: goes on after epoch %u\n", options_.name.c_str(), done_);
    for (unsigned epoch = 1; epoch <= done_; epoch++)
      if (attacked(epoch)) SOTTO_TRY_STATUS(learn_from(inputs_, epoch));
    return ok_status();
  }

  Status epoch() {
    batches_.start_epoch(done_);
    torch::manual_seed(options_.seed * 1000 + done_);  // of dropout: an epoch depends on no earlier one
    const size_t per_epoch = batches_.per_epoch(), steps = per_epoch * options_.epochs;
    double shown = 0;
    for (size_t i = 0; i < per_epoch; i++)
      shown += step(static_cast<double>(done_ * per_epoch + i) / static_cast<double>(steps));
    done_++;
    std::fprintf(stderr, "%s: epoch %u of %u, loss %.4f\n", options_.name.c_str(), done_, options_.epochs,
                 shown / static_cast<double>(per_epoch));
    SOTTO_TRY_STATUS(meet_adversary());
    save();
    return ok_status();
  }
  // Into the part of `model` that is learned.
  void copy_averaged(FloatModel& model, size_t norm_batches) {
    torch::NoGradGuard no_grad;
    const auto net = nets_.fresh();
    for (size_t i = 0; i < average_.size(); i++) net->parameters()[i].copy_(average_[i]);
    for (auto& norm : net->norm) norm->options.momentum(c10::nullopt);
    net->train();
    batches_.start_epoch(options_.epochs + done_);
    for (size_t i = 0; i < norm_batches; i++) net->forward(batches_.next().x);  // statistics of the averaged weights
    net->copy_into(model);
  }

 private:
  bool attacked(unsigned epoch) const {
    return options_.adversary && epoch >= options_.first_attack && epoch < options_.epochs &&
           (epoch - options_.first_attack) % options_.attack_every == 0;
  }
  Status meet_adversary() {
    if (!attacked(done_)) return ok_status();
    FloatModel now = inputs_;
    copy_averaged(now, kQuickNormBatches);
    return learn_from(now, done_);
  }
  Status learn_from(const FloatModel& now, unsigned epoch) {
    SOTTO_TRY(auto songs, options_.adversary(now, epoch));
    for (Example& e : songs) batches_.add(evolved_.emplace_back(std::move(e)));
    return ok_status();
  }
  // x: how much of the training is over.
  double step(double x) {
    const double rate = kPeakRate * (x < 0.2 ? x / 0.2 : 0.5 + 0.5 * std::cos(std::numbers::pi * (x - 0.2) / 0.8));
    static_cast<torch::optim::AdamWOptions&>(optimizer_.param_groups()[0].options()).lr(std::max(rate, 1e-6));
    const Batches::Batch batch = batches_.next();
    optimizer_.zero_grad();
    const torch::Tensor loss = loss_of(net_->forward(batch.x).squeeze(1), batch, options_);
    loss.backward();
    optimizer_.step();
    torch::NoGradGuard no_grad;
    const auto parameters = net_->parameters();
    for (size_t i = 0; i < average_.size(); i++) average_[i].mul_(kAverageDecay).add_(parameters[i], 1 - kAverageDecay);
    return loss.item<double>();
  }
  void save() {
    if (options_.checkpoint.empty()) return;
    torch::serialize::OutputArchive archive, net, optimizer;
    net_->save(net), optimizer_.save(optimizer);
    archive.write("net", net), archive.write("optimizer", optimizer);
    for (size_t i = 0; i < average_.size(); i++) archive.write("average" + std::to_string(i), average_[i]);
    archive.write("epochs", torch::tensor(static_cast<int64_t>(done_)));
    const std::string path = options_.checkpoint + ".checkpoint";
    archive.save_to(path + ".new");
    std::filesystem::rename(path + ".new", path);
  }

  Batches& batches_;
  const FloatModel& inputs_;
  const FitOptions& options_;
  std::deque<Example> evolved_;  // what batches_ points to
  const Nets& nets_;
  std::unique_ptr<LearnedNet> net_;
  torch::optim::AdamW optimizer_;
  std::vector<torch::Tensor> average_;
  unsigned done_ = 0;
};

}  // namespace

Result<FloatModel> fit(const std::vector<const Example*>& examples, const FitOptions& options) {
  torch::set_num_threads(static_cast<int>(options.threads));
  torch::manual_seed(options.seed);
  FloatModel model;
  measure_inputs(examples, model, options.bands);
  Batches batches(examples, model, options);
  const Nets nets(examples, model, options);
  Training training(batches, nets, model, options);
  SOTTO_TRY_STATUS(training.resume());
  while (training.epochs() < options.epochs) SOTTO_TRY_STATUS(training.epoch());
  training.copy_averaged(model, kNormBatches);
  return model;
}

}  // namespace sotto::judge::train
