// SPDX-License-Identifier: Apache-2.0
// Baseline: chance, with the whole grammar of idioms. It learns nothing; like all, it hears nothing twice.
#pragma once
#include "contest/mind/search.h"

namespace sotto::contest {

class RandomSearch final : public Search {
 public:
  Genome ask(Rng& rng) const override { return typed_genome(rng); }

 private:
  void learn(const Scored&) override {}
};

}  // namespace sotto::contest
