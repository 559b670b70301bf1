// SPDX-License-Identifier: Apache-2.0
// Boosted trees over the traits of clips. With as few songs as there are they tell people from programs better than a
// network that hears the spectra, so networks are taught what they think of each clip, and of what searches find.
#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "judge/train/examples.h"

namespace sotto::judge::train {

class Mentor {
 public:
  // Several sets of trees, none of which has seen a part of the authors. The clips must outlive the mentor.
  static Result<Mentor> learn(const std::vector<const Example*>& clips, size_t bands, uint64_t seed);
  // How likely people made it, 0 to 1. Of clips that were learned from: by the trees that have not seen their author.
  // Of others: the mean.
  Result<float> opinion(const Example& e) const;
  Mentor(Mentor&&) noexcept;
  Mentor& operator=(Mentor&&) noexcept;
  ~Mentor();

 private:
  struct Trees;
  Mentor();
  size_t bands_ = 0;
  std::vector<Trees> parts_;
  std::unordered_map<const Example*, float> learned_;
};

}  // namespace sotto::judge::train
