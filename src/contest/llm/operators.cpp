// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/operators.h"

#include <algorithm>

#include "base/check.h"

namespace sotto::contest {

const std::array<LlmOperator, kLlmOps> kLlmOperators = {{
    {"mutate_const", 1, "change one to three numbers of the parent and nothing else"},
    {"mutate_op", 1, "change one or two operators of the parent"},
    {"mutate_sub", 1, "replace one sub-expression of the parent by a new one"},
    {"crossover", 2, "put a sub-expression of the second parent into the first"},
    {"graft", 1, "add a voice, an envelope or a rhythm to the parent"},
    {"simplify", 1, "a shorter formula that keeps what sounds good"},
    {"fresh", 0, "a formula unlike all parents, built from other genes"},
}};

std::optional<LlmOp> find_operator(std::string_view name) {
  for (unsigned i = 0; i < kLlmOps; i++)
    if (name == kLlmOperators[i].name) return static_cast<LlmOp>(i);
  return {};
}

namespace {

// Thompson's rule without floating point: the mean of a few draws stands for the posterior. Every operator starts as if it
// had been tried twice with one success, so that none is ever out of the game.
constexpr uint64_t kPriorTold = 2, kPriorImproved = 1;
// A long history must not freeze the choice: what worked at the start seldom works at the end.
constexpr uint64_t kMemory = 64;
// Chance, in percent, that an order ignores the bandit.
constexpr uint32_t kExplore = 15;

// How often `rate` holds in kDraws trials.
uint32_t sample(uint64_t improved, uint64_t told, Rng& rng) {
  constexpr unsigned kDraws = 12;
  uint32_t hits = 0;
  for (unsigned i = 0; i < kDraws; i++)
    hits += rng.below(static_cast<uint32_t>(told + kPriorTold)) < improved + kPriorImproved;
  return hits;
}

// A parent's position: the larger of two draws, so that better ones are taken more often.
int pick_parent(unsigned population, Rng& rng) {
  const uint32_t a = rng.below(population), b = rng.below(population);
  return static_cast<int>(std::max(a, b)) + 1;
}

ChildOrder order_for(LlmOp op, unsigned population, Rng& rng) {
  if (kLlmOperators[static_cast<unsigned>(op)].parents > population) return {LlmOp::kFresh, {}};
  ChildOrder order{op, {}};
  while (order.parents.size() < kLlmOperators[static_cast<unsigned>(op)].parents) {
    const int parent = pick_parent(population, rng);
    if (std::find(order.parents.begin(), order.parents.end(), parent) == order.parents.end()) order.parents.push_back(parent);
  }
  return order;
}

}  // namespace

void OperatorBandit::tell(LlmOp op, bool improved) {
  const unsigned i = static_cast<unsigned>(op);
  SOTTO_CHECK(i < kLlmOps);
  if (told_[i] >= kMemory) {
    told_[i] /= 2;
    improved_[i] /= 2;
  }
  told_[i]++;
  improved_[i] += improved;
}

std::vector<ChildOrder> OperatorBandit::plan(unsigned count, unsigned population, Rng& rng) const {
  std::vector<ChildOrder> orders;
  while (orders.size() < count) {
    unsigned best = rng.below(kLlmOps);
    if (!rng.chance(kExplore)) {
      uint32_t most = 0;
      for (unsigned i = 0; i < kLlmOps; i++) {
        const uint32_t draw = sample(improved_[i], told_[i], rng) * kLlmOps + rng.below(kLlmOps);  // ties by lot
        if (draw >= most) most = draw, best = i;
      }
    }
    orders.push_back(order_for(static_cast<LlmOp>(best), population, rng));
  }
  return orders;
}

}  // namespace sotto::contest
