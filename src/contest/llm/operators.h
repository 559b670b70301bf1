// SPDX-License-Identifier: Apache-2.0
// The operators of the genetic algorithm that the model plays: one table for prompt, answer schema and reading. And the bandit
// of one agent that decides how many children each of them gets.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "contest/mind/rng.h"

namespace sotto::contest {

enum class LlmOp : uint8_t { kMutateConst, kMutateOp, kMutateSub, kCrossover, kGraft, kSimplify, kFresh };
inline constexpr unsigned kLlmOps = 7;

struct LlmOperator {
  const char* name;
  unsigned parents;          // that it names
  const char* meaning;       // as the prompt says it
};
extern const std::array<LlmOperator, kLlmOps> kLlmOperators;

std::optional<LlmOp> find_operator(std::string_view name);

// One child that is asked for: operator and parents, as positions in the prompt's list (1 is the first).
struct ChildOrder {
  LlmOp op = LlmOp::kFresh;
  std::vector<int> parents;
};

// Which operators earn their keep. The state is a function of what was told, in order.
class OperatorBandit {
 public:
  // A child of `op`: improved means that its score is above that of its best parent (for fresh: above the best of the prompt).
  void tell(LlmOp op, bool improved);
  // `count` orders over `population` specimens sorted by score, ascending. Every operator keeps a small chance.
  std::vector<ChildOrder> plan(unsigned count, unsigned population, Rng& rng) const;
  uint64_t told(LlmOp op) const { return told_[static_cast<unsigned>(op)]; }

 private:
  std::array<uint64_t, kLlmOps> told_{}, improved_{};
};

}  // namespace sotto::contest
