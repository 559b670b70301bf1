// SPDX-License-Identifier: Apache-2.0
// A model's answer -> genomes. Tolerant: what can be understood is repaired; what cannot dies with a reason that the next
// prompt repeats.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contest/mind/genome.h"
#include "sound/bytebeat/program.h"

namespace sotto::contest {

struct LlmChild {
  std::string op;             // a name of kLlmOperators, or "fresh" where the answer had another
  std::vector<int> parents;   // positions in the prompt; those that make no sense are left out
  Result<Genome> genome;      // or why it died
  std::string source;         // what the model wrote, at most kMaxChildSource characters
  bool repaired = false;      // not taken word for word
};

inline constexpr size_t kMaxChildSource = 2048;
inline constexpr size_t kMaxChildren = 32;

// Everything in the answer that looks like a child, in order; one that repeats an earlier one is dead. Empty for an answer
// without any.
// A pure function of its arguments. Genomes fit `size`: what is too long is cut down to its largest part that does.
std::vector<LlmChild> read_children(std::string_view answer, const sound::SizeClass& size = sound::kSizeClasses[1]);

// How well a model does: shown on the board and written to the status.
struct LlmYield {
  uint64_t children = 0, valid = 0, repaired = 0, duplicate = 0, improved = 0;
  void add(const std::vector<LlmChild>& brood);  // children, valid, repaired; the caller counts duplicate and improved
};

}  // namespace sotto::contest
