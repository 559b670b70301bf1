// SPDX-License-Identifier: Apache-2.0
// Which language model the agents may ask, and for how much money.
#pragma once
#include <optional>
#include <string>

#include "cli/verb.h"
#include "contest/llm/config.h"

namespace sotto::cli {

struct LlmInput {
  contest::LlmSettings settings;
  void add_to(CLI::App* verb);
  // Nothing without --llm. The ledger and the record of answers go into `state_folder`.
  Result<std::optional<contest::LlmOptions>> load(const std::string& state_folder) const;
};

}  // namespace sotto::cli
