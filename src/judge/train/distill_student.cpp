// SPDX-License-Identifier: Apache-2.0
#include "judge/train/distill_student.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>
#include <random>

#include "base/check.h"
#include "judge/train/conv_net.h"

namespace sotto::judge::train {
namespace {

constexpr double kPeakRate = 2e-3, kWeightDecay = 0.02, kDropout = 0.05, kOrderWeight = 0.25, kAverageDecay = 0.99;
constexpr size_t kBatch = 64;

// Mean per band and one common scale.
void measure_inputs(const std::vector<Lesson>& lessons, FloatModel& model, size_t bands) {
  std::vector<double> sum(bands);
  double squares = 0, count = 0;
  for (const Lesson& l : lessons) {
    for (size_t j = 0; j < l.features.size(); j++) sum[j % bands] += l.features[j];
    count += static_cast<double>(l.features.size() / bands);
  }
  for (double s : sum) model.input_mean.push_back(static_cast<float>(s / count));
  for (const Lesson& l : lessons)
    for (size_t j = 0; j < l.features.size(); j++)
      squares += std::pow(l.features[j] - double{model.input_mean[j % bands]}, 2);
  model.input_scale = static_cast<float>(std::sqrt(std::max(1.0, squares / (count * static_cast<double>(bands)))));
}

// Mean and standard deviation of every axis.
struct Scale {
  std::array<double, teacher::kAxes> mean{}, deviation{};
};
Scale measure_labels(const std::vector<Lesson>& lessons) {
  Scale s;
  const double n = static_cast<double>(lessons.size());
  for (size_t axis = 0; axis < teacher::kAxes; axis++) {
    double squares = 0;
    for (const Lesson& l : lessons) s.mean[axis] += l.label[axis] / n;
    for (const Lesson& l : lessons) squares += std::pow(l.label[axis] - s.mean[axis], 2) / n;
    s.deviation[axis] = std::max(1e-6, std::sqrt(squares));
  }
  return s;
}

struct Batch {
  torch::Tensor x, y;  // [clips][bands][frames], [clips][axes], standardised
};

class Course {
 public:
  Course(const std::vector<Lesson>& lessons, const FloatModel& inputs, const Scale& scale, uint64_t seed)
      : lessons_(lessons), inputs_(inputs), scale_(scale), random_(seed), order_(lessons.size()) {
    std::iota(order_.begin(), order_.end(), size_t{0});
  }
  size_t per_epoch() const { return (lessons_.size() + kBatch - 1) / kBatch; }

  Batch next() {
    const size_t bands = inputs_.input_mean.size(), frames = lessons_[0].features.size() / bands,
                 n = std::min(kBatch, lessons_.size());
    Batch b{torch::empty({static_cast<int64_t>(n), static_cast<int64_t>(bands), static_cast<int64_t>(frames)}),
            torch::empty({static_cast<int64_t>(n), static_cast<int64_t>(teacher::kAxes)})};
    float *x = b.x.data_ptr<float>(), *y = b.y.data_ptr<float>();
    for (size_t i = 0; i < n; i++) {
      const Lesson& l = drawn();
      for (size_t band = 0; band < bands; band++)
        for (size_t t = 0; t < frames; t++)
          *x++ = (static_cast<float>(l.features[t * bands + band]) - inputs_.input_mean[band]) / inputs_.input_scale;
      for (size_t axis = 0; axis < teacher::kAxes; axis++)
        *y++ = static_cast<float>((l.label[axis] - scale_.mean[axis]) / scale_.deviation[axis]);
    }
    return b;
  }

 private:
  const Lesson& drawn() {
    if (at_ % order_.size() == 0) std::shuffle(order_.begin(), order_.end(), random_);
    return lessons_[order_[at_++ % order_.size()]];
  }
  const std::vector<Lesson>& lessons_;
  const FloatModel& inputs_;
  const Scale& scale_;
  std::mt19937_64 random_;
  std::vector<size_t> order_;
  size_t at_ = 0;
};

// The weights with which the standardised axes make up the score.
torch::Tensor score_weights(const Scale& scale, const std::vector<size_t>& axes) {
  torch::Tensor w = torch::zeros({static_cast<int64_t>(teacher::kAxes)});
  for (size_t axis : axes) w[static_cast<int64_t>(axis)] = scale.deviation[axis] / static_cast<double>(axes.size());
  return w;
}

torch::Tensor loss_of(const torch::Tensor& out, const Batch& batch, const torch::Tensor& weights) {
  const auto huber = torch::smooth_l1_loss(out, batch.y);
  const auto unit = weights / torch::clamp_min(weights.norm(), 1e-6);
  const auto found = torch::matmul(out, unit), wanted = torch::matmul(batch.y, unit);
  const auto found_lead = found - found.roll(1), wanted_lead = wanted - wanted.roll(1);
  return huber + kOrderWeight * (torch::softplus(-found_lead * torch::sign(wanted_lead)) * wanted_lead.abs()).mean();
}

void copy_out(ConvNet& net, const torch::Tensor& weights, FloatModel& model) {
  torch::NoGradGuard no_grad;
  model.conv = folded_convolutions(net);
  const auto head = torch::matmul(weights, net.head->weight).contiguous();
  const float* w = head.data_ptr<float>();
  const size_t channels = model.conv.back().out_channels;
  model.head_mean.assign(w, w + channels);
  model.head_square.assign(w + channels, w + 2 * channels);
  model.head_bias = torch::matmul(weights, net.head->bias).item<float>();
}

}  // namespace

double axis_mean(const teacher::Scores& scores, const std::vector<size_t>& axes) {
  double sum = 0;
  for (size_t axis : axes) sum += scores[axis];
  return sum / static_cast<double>(axes.size());
}

FloatModel fit_student(const std::vector<Lesson>& lessons, const StudentOptions& options) {
  SOTTO_CHECK(lessons.size() >= 2 && !options.axes.empty());
  torch::set_num_threads(static_cast<int>(options.threads));
  torch::manual_seed(options.seed);
  FloatModel model;
  measure_inputs(lessons, model, options.bands);
  const Scale scale = measure_labels(lessons);
  const torch::Tensor weights = score_weights(scale, options.axes);
  Course course(lessons, model, scale, options.seed);
  ConvNet net(options.bands, options.channels, teacher::kAxes, kDropout);
  torch::optim::AdamW optimizer(net.parameters(), torch::optim::AdamWOptions(kPeakRate).weight_decay(kWeightDecay));
  std::vector<torch::Tensor> average;
  for (auto& p : net.parameters()) average.push_back(p.detach().clone());

  const size_t steps = options.epochs * course.per_epoch();
  double shown = 0;
  for (size_t step = 0; step < steps; step++) {
    const double x = static_cast<double>(step) / static_cast<double>(steps);
    const double rate = kPeakRate * (x < 0.2 ? x / 0.2 : 0.5 + 0.5 * std::cos(std::numbers::pi * (x - 0.2) / 0.8));
    static_cast<torch::optim::AdamWOptions&>(optimizer.param_groups()[0].options()).lr(std::max(rate, 1e-6));
    const Batch batch = course.next();
    optimizer.zero_grad();
    const torch::Tensor loss = loss_of(net.forward(batch.x), batch, weights);
    loss.backward();
    optimizer.step();
    torch::NoGradGuard no_grad;
    for (size_t i = 0; i < average.size(); i++)
      average[i].mul_(kAverageDecay).add_(net.parameters()[i], 1 - kAverageDecay);
    shown += loss.item<double>();
    if ((step + 1) % course.per_epoch() != 0) continue;
    std::fprintf(stderr, "student: epoch %zu of %u, loss %.4f\n", (step + 1) / course.per_epoch(), options.epochs,
                 shown / static_cast<double>(course.per_epoch()));
    shown = 0;
  }
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < average.size(); i++) net.parameters()[i].copy_(average[i]);
  for (auto& norm : net.norm) norm->reset_running_stats(), norm->options.momentum(c10::nullopt);
  for (size_t i = 0; i < course.per_epoch(); i++) net.forward(course.next().x);  // statistics of the averaged weights
  copy_out(net, weights, model);
  return model;
}

}  // namespace sotto::judge::train
