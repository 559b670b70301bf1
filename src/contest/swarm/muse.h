// SPDX-License-Identifier: Apache-2.0
// What an agent does with a language model: it shows it a few of its own songs, and hears the children that come back. Its
// state (which operators earn their keep, who died of what) is a function of what it was told, in order, like the search's.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contest/llm/children.h"
#include "contest/llm/operators.h"
#include "contest/llm/prompt.h"
#include "contest/mind/evolver.h"
#include "contest/swarm/wire.h"

namespace sotto::contest {

// The attempt number that names the random stream of a slot's prompt: no candidate has it.
inline constexpr uint64_t kPromptStream = ~uint64_t{0};

class Muse {
 public:
  // Composes or recalls a child: nothing when it does not fit, is silent, or was heard before.
  using Hear = std::function<const Scored*(const Genome&)>;

  // Tells the search every child of the answer that lives.
  void take_in(const std::string& answer, const sound::SizeClass& size, Evolver& evolver, const Hear& hear);
  const AgentYield& yield() const { return yield_; }
  void slot_over(bool gained) { stagnation_ = gained ? 0 : stagnation_ + 1; }
  // Nothing as long as there is not enough to show.
  std::optional<AgentAsk> ask(uint32_t slot, uint32_t children, const sound::SizeClass& size, uint32_t score_unit,
                              const Evolver& evolver, Rng& rng) const;

 private:
  static constexpr size_t kDeaths = 8;

  OperatorBandit bandit_;
  AgentYield yield_;           // of all answers
  std::vector<Death> deaths_;  // newest last
  uint64_t stagnation_ = 0;    // slots without a new best
};

}  // namespace sotto::contest
