// SPDX-License-Identifier: Apache-2.0
// What a swarm will cost: before the start from a typical prompt, while it runs from what the server has counted.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "contest/llm/adapter.h"
#include "contest/llm/options.h"

namespace sotto::contest {

// Tokens of one call.
struct CallSize {
  uint64_t in = 0, out = 0;
};

// A prompt with a full population and an answer with so many children.
CallSize typical_call(unsigned children);
// The bound on an answer that the server is given.
unsigned answer_limit(unsigned children);

struct CostEstimate {
  uint64_t calls_per_hour = 0, tokens_in_per_minute = 0, tokens_out_per_minute = 0;
  std::optional<Micros> per_call, per_hour;  // empty: no price is known
};
CostEstimate estimate_cost(const std::optional<LlmPrice>& price, unsigned agents, unsigned every, unsigned slot_ms, unsigned children);

// The price that counts: the user's, else the table's; a server on this machine that wants no key is free.
std::optional<LlmPrice> price_of(const LlmOptions& options);

// For people, before the start: "24 agents ask gpt-6-luna 8640 times an hour: about $2.25 an hour; the cap of $1.00 lasts about
// 26 minutes".
std::string estimate_text(const LlmOptions& options, unsigned agents, unsigned slot_ms);

// The table of docs/llm.md: every model that has a price, for 24 and 64 agents that ask in every slot of ten seconds.
std::string cost_table();

// How many tokens the server counts for so many bytes. Pessimistic until it has seen enough calls.
class Expectation {
 public:
  void observe(size_t bytes, const LlmUsage& usage);
  // What a call may cost at most: one token per byte at first; after kTrusted calls the largest share seen and a tenth more.
  // The answer counts with its limit, which the server keeps: an answer's typical length is no bound.
  CallSize worst(size_t bytes, unsigned limit) const;
  // What a call usually takes: for the rate limit.
  uint64_t typical_tokens(size_t bytes, unsigned limit) const;
  // The server has counted more than the bound: the largest share seen was no bound. Starts anew.
  void surprised() { *this = {}; }

  static constexpr unsigned kTrusted = 20;

 private:
  uint64_t calls_ = 0, bytes_ = 0, in_ = 0, out_ = 0;
  uint64_t most_per_mille_ = 0;  // tokens per thousand bytes
};

}  // namespace sotto::contest
