// SPDX-License-Identifier: Apache-2.0
#include "cli/llm_options.h"

#include <cstdlib>

namespace sotto::cli {

void LlmInput::add_to(CLI::App* verb) {
  constexpr const char* kGroup = "Language model";
  const auto option = [&](const std::string& name, auto& value, const std::string& help) {
    return verb->add_option(name, value, help)->group(kGroup);
  };
  option("--llm", settings.llm, "Ask a language model for songs, too: openai:MODEL, responses:MODEL, openai:MODEL@URL, URL#MODEL, llamacpp, ollama:MODEL, vllm:MODEL, replay:FILE")
      ->envname("SOTTO_LLM");
  option("--llm-key-file", settings.key_file, "File with the key, readable by its owner only (or set SOTTO_LLM_API_KEY or OPENAI_API_KEY)");
  option("--max-usd", settings.max_usd, "Never spend more than that on the model, over all restarts with this state folder [1.00]")->envname("SOTTO_LLM_MAX_USD");
  option("--max-usd-per-agent", settings.max_usd_per_agent, "Nor more than that for one agent");
  option("--max-usd-per-day", settings.max_usd_per_day, "Nor more than that in one day (UTC)");
  option("--llm-price-in", settings.price_in, "Dollars per million tokens of the prompt, for a model that Sotto has no price of");
  option("--llm-price-out", settings.price_out, "Dollars per million tokens of the answer");
  option("--llm-max-tokens", settings.max_tokens, "Cap in tokens, for a model whose price nobody knows");
  option("--llm-every", settings.every, "Each agent asks in every n-th slot")->capture_default_str()->check(CLI::Range(1, 100000));
  option("--llm-children", settings.children, "Songs per answer")->capture_default_str()->check(CLI::Range(1, 32));
  option("--llm-deadline-ms", settings.deadline_ms, "After that nothing is sent or retried for a slot [8000]");
  option("--llm-late-ms", settings.late_ms, "An answer on its way is waited for that long [30000]");
  option("--llm-rpm", settings.requests_per_minute, "Requests per minute [as the server says]");
  option("--llm-tpm", settings.tokens_per_minute, "Tokens per minute [as the server says]");
}

Result<std::optional<contest::LlmOptions>> LlmInput::load(const std::string& state_folder) const {
  if (settings.llm.empty()) return std::optional<contest::LlmOptions>();
  SOTTO_TRY(contest::LlmOptions options, contest::llm_options(settings, [](const char* name) { return std::getenv(name); }));
  options.state_folder = state_folder;
  return std::optional(std::move(options));
}

}  // namespace sotto::cli
