// SPDX-License-Identifier: Apache-2.0
// Training of the float model with libtorch. The only part of Sotto that needs it.
#pragma once
#include <cstdint>
#include <vector>

#include "judge/train/float_model.h"

namespace sotto::judge::train {

// Clips that come from no song, and how many of each a batch has.
enum Pool : size_t { kRandom, kIdioms, kPlain, kPools };

struct Example {
  std::vector<uint16_t> features;  // L, [frames][bands]
  bool human = false;
  int song = -1;                   // relatives share it; -1: none
  size_t pool = 0;                 // if it comes from no song: its Pool
  float margin = 0;                // by how much (in logits) a relative of a human clip should stay below it
};

// How training clips vary at random: up to this much each.
struct Augmentation {
  const char* name = "mild";
  float gain_octaves = 1.5f;   // of energy, up or down
  float tilt_octaves = 1.0f;   // from the lowest to the highest band
  size_t masked_bands = 6;     // neighbouring bands set to their mean
  size_t start_frames = 0;     // rotation in time
  size_t masked_frames = 0;    // neighbouring frames set to the mean
};

struct FitOptions {
  Augmentation augmentation;
  std::vector<uint32_t> channels = {40, 40, 40};
  uint32_t bands = 48;
  unsigned epochs = 9;             // an epoch shows every human clip once
  uint64_t seed = 1;
  unsigned threads = 2;
};

// Binary cross-entropy with smoothed labels, plus a pairwise margin between each human clip and one of its relatives;
// AdamW, one cycle of the learning rate, average of the late weights. Deterministic for a given number of threads.
FloatModel fit(const std::vector<const Example*>& examples, const FitOptions& options);

}  // namespace sotto::judge::train
