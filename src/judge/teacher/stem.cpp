// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/stem.h"

#include "base/parallel.h"
#include "judge/teacher/functions.h"

namespace sotto::judge::teacher {
namespace {

// Frames are rows of channels, so the inputs of one output, kernel * in floats, lie one after the other: a
// convolution is a product whose rows overlap. [out][in][tap] -> [out][tap][in]
std::vector<float> taps_first(const std::vector<float>& weights, size_t in, size_t taps) {
  std::vector<float> out(weights.size());
  for (size_t row = 0; row < weights.size(); row += in * taps)
    for (size_t c = 0; c < in; c++)
      for (size_t k = 0; k < taps; k++) out[row + k * in + c] = weights[row + c * taps + k];
  return out;
}

}  // namespace

Stem::Stem(Weights& weights, const Geometry& geometry)
    : geometry_(geometry),
      group_norm_(weights.norm("wavlm_model.feature_extractor.conv_layers.0.2")),
      norm_(weights.norm("wavlm_model.layer_norm")),
      projection_(weights.linear("wavlm_model.post_extract_proj")) {
  size_t in = 1;
  for (size_t i = 0; i < geometry.stem.size(); i++) {
    const StemLayer& shape = geometry.stem[i];
    const auto w = weights.floats("wavlm_model.feature_extractor.conv_layers." + std::to_string(i) + ".0.weight");
    layers_.push_back({Factor(taps_first(w, in, shape.kernel), shape.channels), shape.stride * in});
    in = shape.channels;
  }
}

// Each channel of the first layer is normalised over time, over the whole window, silence after the clip included.
void Stem::group_norm(std::vector<float>& x) const {
  const size_t channels = group_norm_.weight.size(), frames = x.size() / channels;
  const double n = static_cast<double>(frames);
  std::vector<float> scale(channels), shift(channels);
  parallel_for(channels, [&](size_t begin, size_t end, unsigned) {
    std::vector<double> mean(channels), squares(channels);
    for (size_t i = 0; i < frames; i++)
      for (size_t c = begin; c < end; c++) mean[c] += double{x[i * channels + c]};
    for (size_t c = begin; c < end; c++) mean[c] /= n;
    for (size_t i = 0; i < frames; i++)
      for (size_t c = begin; c < end; c++) {
        const double d = double{x[i * channels + c]} - mean[c];
        squares[c] += d * d;
      }
    for (size_t c = begin; c < end; c++) {
      const double s = double{group_norm_.weight[c]} / std::sqrt(squares[c] / n + double{kNormEpsilon});
      scale[c] = static_cast<float>(s);
      shift[c] = static_cast<float>(double{group_norm_.bias[c]} - mean[c] * s);
    }
  }, channels / thread_count());  // every range walks over all of x
  parallel_for(frames, [&](size_t begin, size_t end, unsigned) {
    for (size_t i = begin; i < end; i++)
      for (size_t c = 0; c < channels; c++) x[i * channels + c] = x[i * channels + c] * scale[c] + shift[c];
  });
}

std::vector<float> Stem::convolutions(std::span<const float> samples, size_t frames) const {
  SOTTO_CHECK(samples.size() == kWindow && frames >= 1 && frames <= geometry_.frames());
  // How many frames each layer must give, from the last to the first; the first gives all, for its norm.
  std::vector<size_t> needed(layers_.size(), frames);
  for (size_t i = layers_.size() - 1; i > 0; i--)
    needed[i - 1] = (needed[i] - 1) * geometry_.stem[i].stride + geometry_.stem[i].kernel;
  needed[0] = (kWindow - geometry_.stem[0].kernel) / geometry_.stem[0].stride + 1;

  std::vector<float> x;
  for (size_t i = 0; i < layers_.size(); i++) {
    const Layer& layer = layers_[i];
    std::vector<float> y(needed[i] * layer.weights.columns());
    layer.weights.multiply_parallel(i == 0 ? samples.data() : x.data(), needed[i], layer.stride, y.data(),
                                    layer.weights.columns());
    if (i == 0) group_norm(y);
    gelu(y);
    x = std::move(y);
  }
  return x;
}

std::vector<float> Stem::project(std::vector<float> x) const {
  layer_norm(x, norm_.weight, norm_.bias);
  const size_t frames = x.size() / projection_.depth(), width = projection_.columns();
  std::vector<float> out(frames * width);
  projection_.multiply_parallel(x.data(), frames, projection_.depth(), out.data(), width);
  return out;
}

}  // namespace sotto::judge::teacher
