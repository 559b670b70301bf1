// SPDX-License-Identifier: Apache-2.0
// From what the user says (flags, environment) to LlmOptions. SOTTO_LLM_* comes before OPENAI_*.
//
//   openai                        the default model at api.openai.com (or OPENAI_BASE_URL), Chat Completions
//   openai:MODEL  responses:MODEL the same with another model; over the Responses API
//   openai:MODEL@URL              at another server; also responses:MODEL@URL
//   http://127.0.0.1:8080         whatever model that server has loaded; URL#MODEL names one
//   llamacpp  ollama:MODEL  vllm:MODEL   servers on this machine at their usual ports
//   replay:FILE                   recorded answers, no network
#pragma once
#include <functional>
#include <string>

#include "contest/llm/options.h"

namespace sotto::contest {

// Texts as they stand on the command line; empty: not given.
struct LlmSettings {
  std::string llm;
  std::string key_file;
  std::string max_usd, max_usd_per_agent, max_usd_per_day;
  std::string price_in, price_out;   // dollars per million tokens
  uint64_t max_tokens = 0;
  unsigned children = 8, every = 1;
  unsigned deadline_ms = 0, late_ms = 0;   // 0: the default
  unsigned requests_per_minute = 0, tokens_per_minute = 0;
};

using Environment = std::function<const char*(const char* name)>;

// kUsage with what to do where something is missing: no key, no price. State folder and seed are the caller's to set.
Result<LlmOptions> llm_options(const LlmSettings& settings, const Environment& environment);

}  // namespace sotto::contest
