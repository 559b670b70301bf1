// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/config.h"

#include <algorithm>

#include "contest/llm/endpoint.h"
#include "contest/llm/estimate.h"
#include "contest/llm/models.h"

namespace sotto::contest {
namespace {

constexpr const char* kOpenAi = "https://api.openai.com/v1";

struct Local {
  const char* name;
  const char* url;
};
constexpr Local kLocals[] = {{"llamacpp", "http://127.0.0.1:8080/v1"}, {"ollama", "http://127.0.0.1:11434/v1"}, {"vllm", "http://127.0.0.1:8000/v1"}};
// llama.cpp serves the model it has loaded, whatever it is called.
constexpr const char* kWhateverModel = "default";

std::string variable(const Environment& environment, const char* name) {
  const char* value = environment(name);
  return value ? value : "";
}

bool is_url(const std::string& text) { return text.starts_with("http://") || text.starts_with("https://"); }

Error unknown_form(const std::string& text) {
  return usage_error("--llm " + text.substr(0, 60) + " is not understood: give openai:MODEL, responses:MODEL, openai:MODEL@URL, a URL like "
                     "http://127.0.0.1:8080#MODEL, llamacpp, ollama:MODEL, vllm:MODEL or replay:FILE");
}

// Protocol, model, and the base URL if the text names one.
Status parse_form(const std::string& text, LlmOptions& out) {
  if (is_url(text)) {
    const size_t hash = text.find('#');
    out.base_url = text.substr(0, hash);
    out.model = hash == std::string::npos ? kWhateverModel : text.substr(hash + 1);
    return ok_status();
  }
  const size_t colon = text.find(':');
  const std::string head = text.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (head == "replay" && !rest.empty()) {
    out.protocol = LlmProtocol::kReplay;
    out.replay_file = rest;
    out.model = head;
    return ok_status();
  }
  for (const Local& local : kLocals) {
    if (head != local.name) continue;
    if (rest.empty() && head != "llamacpp") return usage_error("which model? For example --llm " + head + ":MODEL");
    out.base_url = local.url;
    out.model = rest.empty() ? kWhateverModel : rest;
    return ok_status();
  }
  if (head != "openai" && head != "responses") return unknown_form(text);
  if (head == "responses") out.protocol = LlmProtocol::kResponses;
  const size_t at = rest.find("@http");
  out.model = rest.substr(0, at);
  if (at != std::string::npos) out.base_url = rest.substr(at + 1);
  if (out.model.empty()) out.model = kDefaultLlmModel;
  return ok_status();
}

// OPENAI_API_KEY is for OpenAI, or for the server that OPENAI_BASE_URL names: it is not sent to a server of another origin.
Status find_key(const LlmSettings& settings, const Environment& environment, bool openai, LlmOptions& out) {
  const std::string file = settings.key_file.empty() ? variable(environment, "SOTTO_LLM_KEY_FILE") : settings.key_file;
  if (!file.empty()) {
    SOTTO_TRY(out.key, secret_from_file(file));
    return ok_status();
  }
  out.key = Secret(variable(environment, "SOTTO_LLM_API_KEY"));
  if (out.key.empty() && openai) out.key = Secret(variable(environment, "OPENAI_API_KEY"));
  for (const char c : out.key.reveal())
    if (c <= ' ' || c == 0x7f) return usage_error("the key in the environment holds spaces or control characters: was it copied whole?");
  return ok_status();
}

Status find_server(const LlmSettings& settings, const Environment& environment, LlmOptions& out) {
  bool openai = false;
  if (out.base_url.empty()) out.base_url = variable(environment, "SOTTO_LLM_BASE_URL");
  if (out.base_url.empty()) {
    openai = true;
    out.base_url = variable(environment, "OPENAI_BASE_URL");
    if (out.base_url.empty()) out.base_url = kOpenAi;
  }
  SOTTO_TRY(const Endpoint endpoint, parse_base_url(out.base_url));
  openai = openai || endpoint.base == kOpenAi;
  SOTTO_TRY_STATUS(find_key(settings, environment, openai, out));
  if (out.key.empty() && endpoint.base == kOpenAi)
    return usage_error("OpenAI wants a key: set OPENAI_API_KEY or SOTTO_LLM_API_KEY, or give --llm-key-file FILE; or use a server on this "
                       "machine (--llm llamacpp, --llm ollama:MODEL); or leave out --llm, the agents compose without it");
  out.organization = variable(environment, "SOTTO_LLM_ORG_ID");
  out.project = variable(environment, "SOTTO_LLM_PROJECT_ID");
  if (openai && out.organization.empty()) out.organization = variable(environment, "OPENAI_ORG_ID");
  if (openai && out.project.empty()) out.project = variable(environment, "OPENAI_PROJECT_ID");
  for (const std::string* header : {&out.organization, &out.project})
    if (header->find_first_of("\r\n") != std::string::npos) return usage_error("organization and project of the LLM must be one line");
  return ok_status();
}

Status find_money(const LlmSettings& s, LlmOptions& out) {
  const auto amount = [](const std::string& text, Micros& to) -> Status {
    if (text.empty()) return ok_status();
    SOTTO_TRY(to, parse_usd(text));
    return ok_status();
  };
  SOTTO_TRY_STATUS(amount(s.max_usd, out.caps.run));
  SOTTO_TRY_STATUS(amount(s.max_usd_per_agent, out.caps.agent));
  SOTTO_TRY_STATUS(amount(s.max_usd_per_day, out.caps.day));
  out.caps.tokens = s.max_tokens;
  if (s.price_in.empty() != s.price_out.empty()) return usage_error("--llm-price-in and --llm-price-out belong together");
  if (s.price_in.empty()) return ok_status();
  LlmPrice price;
  SOTTO_TRY(price.in, parse_usd(s.price_in));
  SOTTO_TRY(price.out, parse_usd(s.price_out));
  price.cached = price.cache_write = price.in;
  out.price = price;
  return ok_status();
}

}  // namespace

std::vector<std::string> auth_headers(const LlmOptions& options) {
  std::vector<std::string> out;
  if (!options.key.empty()) out.push_back("Authorization: Bearer " + options.key.reveal());
  if (!options.organization.empty()) out.push_back("OpenAI-Organization: " + options.organization);
  if (!options.project.empty()) out.push_back("OpenAI-Project: " + options.project);
  return out;
}

Result<LlmOptions> llm_options(const LlmSettings& settings, const Environment& environment) {
  LlmOptions out;
  SOTTO_TRY_STATUS(parse_form(settings.llm, out));
  out.children = settings.children;
  out.every = settings.every;
  if (settings.deadline_ms) out.deadline_ms = settings.deadline_ms;
  if (settings.late_ms) out.late_ms = settings.late_ms;
  out.late_ms = std::max(out.late_ms, out.deadline_ms);
  out.requests_per_minute = settings.requests_per_minute;
  out.tokens_per_minute = settings.tokens_per_minute;
  SOTTO_TRY_STATUS(find_money(settings, out));
  if (out.protocol == LlmProtocol::kReplay) return out;
  SOTTO_TRY_STATUS(find_server(settings, environment, out));
  if (!price_of(out) && out.caps.tokens == 0)
    return usage_error("what does the model " + out.model + " cost? It is not in the table of " + kLlmPricesDate +
                       ": give --llm-price-in and --llm-price-out (dollars per million tokens), or --llm-max-tokens N as the cap");
  return out;
}

}  // namespace sotto::contest
