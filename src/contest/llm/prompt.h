// SPDX-License-Identifier: Apache-2.0
// A language model that plays genetic algorithm: what it is told. The system prompt is the same for every agent and call (so
// that servers can cache it); the user prompt is one agent's own population.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contest/llm/operators.h"

namespace sotto::contest {

struct Specimen {
  std::string source;
  double score = 0;
  unsigned instructions = 0;
  uint8_t brightness = 0, motion = 0;  // 0..7
};

// A child that did not live, and why: "silent", "'noise' is not supported", "sounds like parent 4".
struct Death {
  std::string source, reason;
};

struct PromptInput {
  uint64_t generation = 0;             // the slot
  uint64_t stagnation = 0;             // slots without a new best
  unsigned max_instructions = 31;
  std::vector<Specimen> specimens;     // sorted with sort_specimens(), so that the orders' positions mean something
  std::vector<Death> deaths;           // newest last; the prompt takes the last few
  std::string hint;                    // one line; empty: hint_of(specimens)
  std::vector<ChildOrder> orders;      // one per child
};

// Ascending by score, then by source: what position 1 is does not depend on how the list was made.
void sort_specimens(std::vector<Specimen>& specimens);

// Fragments that the system prompt shows: what a formula can be built from.
struct GeneExample {
  const char* formula;
  const char* sound;
};
std::span<const GeneExample> gene_bank();

std::string user_prompt(const PromptInput& input);
// Longer than 1024 tokens on purpose: from there on servers keep a prompt's unchanging beginning ready and charge a tenth for it,
// so that the gene bank makes the prompt better and calls cheaper.
std::string_view system_prompt();
// JSON schema of the answer: {"children":[{"op":..., "parents":[...], "f":...}]}.
const std::string& answer_schema();

}  // namespace sotto::contest
