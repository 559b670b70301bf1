// SPDX-License-Identifier: Apache-2.0
// Training of the float model with libtorch. The only part of Sotto that needs it.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "judge/train/examples.h"
#include "judge/train/float_model.h"

namespace sotto::judge::train {

// How training clips vary at random: up to this much each.
struct Augmentation {
  float gain_octaves = 1.5f;  // of energy, up or down
  float tilt_octaves = 1.0f;  // from the lowest to the highest band
  size_t masked_bands = 6;    // neighbouring bands set to their mean
  size_t late_frames = 0;     // how much later half of the clips start
  // Clips start up to so many samples later, half of them up to such a share faster or slower, each time at random:
  // nothing then depends on where the notes of a song fall among the windows and strides. Such clips are nine seconds
  // long. 0: neither.
  size_t start_samples = 0;
  float speed = 0;
};

// How many clips of each kind a batch has, besides the human ones.
struct Share {
  const char* kind;
  size_t count;
};
inline constexpr size_t kHumans = 32;
inline constexpr Share kShares[] = {{"mutant", 24}, {"shuffled", 12}, {"looped", 6}, {"random", 12}, {"shifts", 4},
                                    {"idioms", 6},  {"program", 4},   {"tune", 6},   {"plain", 2},   {"evolved", 16}};

struct FitOptions {
  Augmentation augmentation;
  std::vector<uint32_t> channels = {40, 40, 40};
  bool concave = false;               // conv_net.h
  size_t summary = 0;                 // hidden units of a net that hears sums only (summary_net.h); 0: convolutions
  size_t dense_from = SIZE_MAX;       // layers from this one on leave no frame out (conv_net.h)
  uint32_t hop_bits = 8, bands = 48;  // of the front end
  unsigned epochs = 24;               // an epoch shows every human clip once
  double dropout = 0.1, weight_decay = 0.05;
  float pair_weight = 0.25f;  // of the margin between a human clip and what was made of it
  double last_gain =
      1;  // of the last norm before training: with 3, activations saturate at 2 standard deviations, not at 6
  uint64_t seed = 1;
  unsigned threads = 1;      // sums of floats depend on it: 1 for judges that others shall reproduce
  std::string name = "fit";  // for progress
  // Asked after the first_attack-th epoch and every attack_every-th from there on: songs that fool what the network is
  // then. They are trained on from there on.
  std::function<Result<std::vector<Example>>(const FloatModel& net, unsigned epoch)> adversary;
  unsigned first_attack = 4, attack_every = 1;
  // Squared error of the logit instead of cross-entropy and margin: clips of one label then come to lie close together.
  bool squared = false;
  std::function<float(const Example&)> target;  // how human a clip is to be found, 0 to 1. Empty: Example::target
  std::string checkpoint;  // file prefix; written after every epoch, read if it is there. Empty: none
};

// Binary cross-entropy with smoothed labels, plus a pairwise margin between each human clip
// and its mutants, shuffled and looped copies; AdamW, one cycle of the learning rate, average of the late weights.
// Deterministic for a given number of threads, also when it goes on from a checkpoint. Kinds without examples are left
// out.
Result<FloatModel> fit(const std::vector<const Example*>& examples, const FitOptions& options);

}  // namespace sotto::judge::train
