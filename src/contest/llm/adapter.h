// SPDX-License-Identifier: Apache-2.0
// One internal form of request, answer and usage; two ways to write it down: Chat Completions, which every server speaks, and
// OpenAI's Responses.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "contest/llm/dialect.h"

namespace sotto::contest {

struct LlmRequest {
  std::string model, system, user;
  std::string schema;            // JSON schema of the answer
  std::string safety_identifier; // a hash; the provider can tell agents apart, not who they are
  unsigned max_tokens = 0;
  unsigned temperature = 10;     // tenths
};

struct LlmUsage {
  uint64_t in = 0;               // with the cached ones
  uint64_t cached = 0, cache_write = 0;
  uint64_t out = 0;              // with those spent on thinking
  uint64_t thinking = 0;
  bool estimated = false;        // the server said nothing
};

enum class LlmEnd : uint8_t { kStop, kLength, kRefusal, kFilter, kNonsense };

struct LlmAnswer {
  LlmEnd end = LlmEnd::kNonsense;
  std::string text;              // content without thoughts
  LlmUsage usage;
};

// What an error body says. Servers quote keys and prompts in their messages: only `code` ever leaves this room, and it is
// empty unless it looks like an identifier.
struct LlmFault {
  std::string code, type, parameter, message;
};

const char* call_of(LlmProtocol protocol);  // "chat/completions", "responses"
std::string request_body(LlmProtocol protocol, const LlmRequest& request, const Dialect& dialect);
// Of a body that came with status 200. Usage is estimated where it is missing.
LlmAnswer parse_answer(LlmProtocol protocol, const std::string& body, const LlmRequest& request);
LlmFault parse_fault(const std::string& body);

// About how many tokens a text has, and never fewer than: bytes count one each at worst.
uint64_t estimated_tokens(size_t bytes);
uint64_t worst_tokens(const LlmRequest& request);

// Without <think>...</think> and its kin, closed or not.
std::string without_thoughts(const std::string& text);

}  // namespace sotto::contest
