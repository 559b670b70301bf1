// SPDX-License-Identifier: Apache-2.0
// Draws training batches: kHumans human clips, then the kinds of kShares; mutants, shuffled and looped copies are
// relatives of human clips of the same batch, where there are any. Where there are cut copies (examples.h), each clip
// comes with one of its own.
#pragma once
#include <torch/torch.h>

#include <map>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "judge/net/scorer.h"
#include "judge/train/fit.h"

namespace sotto::judge::train {

class Batches {
 public:
  Batches(const std::vector<const Example*>& examples, const FloatModel& model, const FitOptions& options);
  // From now on drawn, too. The example must outlive this.
  void add(const Example& e);
  size_t per_epoch() const { return humans_.size() / kHumans; }
  // The rest depends on nothing before: an epoch can be trained again.
  void start_epoch(unsigned epoch);

  struct Batch {
    torch::Tensor x, label;                        // [clips][bands][frames], [clips]
    std::vector<std::pair<size_t, size_t>> pairs;  // human clip, relative that should stay below it
    std::vector<float> margins;                    // by how much
  };
  Batch next();

 private:
  const Example* drawn(const std::vector<const Example*>& from) { return from[random_() % from.size()]; }
  const Example* relative(const std::string& kind, const Example& human);
  float target(const Example& e) const;
  bool varied() const { return options_.augmentation.start_samples > 0; }
  std::vector<uint16_t> elsewhere(const Example& e);
  void augmented(const Example& e, size_t frames, size_t bands, float* out);

  const FloatModel& model_;
  const FitOptions& options_;
  const Network window_;  // a front end for clips that start elsewhere
  const Scorer listener_;
  std::mt19937_64 random_;
  std::vector<const Example*> humans_, order_;
  std::map<std::string, std::vector<const Example*>> pools_;
  using Window = std::tuple<std::string, int, double>;  // kind, song, second; mutants: any second
  std::map<Window, std::vector<const Example*>> relatives_;
  std::map<const Example*, std::vector<const Example*>> cuts_;  // by what they were made of
  size_t at_ = 0;
};

}  // namespace sotto::judge::train
