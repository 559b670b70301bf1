// SPDX-License-Identifier: Apache-2.0
// Is the language model there? For `sotto doctor`: asks the server for its list of models, costs nothing, waits a few seconds.
#pragma once
#include <string>
#include <vector>

#include "contest/llm/options.h"

namespace sotto::contest {

struct LlmFinding {
  std::string name, state, remedy;  // remedy empty: fine
};

// Never says the key, only whether there is one.
std::vector<LlmFinding> probe_llm(const LlmOptions& options);

}  // namespace sotto::contest
