// SPDX-License-Identifier: Apache-2.0
// What a server and a model understand. Everyone starts with the full set of parameters; what is refused is left out from then
// on. Remembered per (base URL, model) in the state folder.
#pragma once
#include <cstdint>
#include <set>
#include <string>

#include "contest/llm/options.h"

namespace sotto::contest {

enum class AnswerFormat : uint8_t { kSchema, kJson, kPlain };             // a ladder: down only
enum class LimitName : uint8_t { kMaxCompletionTokens, kMaxTokens, kNone };  // likewise
enum class Effort : uint8_t { kNone, kMinimal, kUnsaid };                 // of reasoning; likewise

struct Dialect {
  AnswerFormat format = AnswerFormat::kSchema;
  LimitName limit = LimitName::kMaxCompletionTokens;
  Effort effort = Effort::kNone;
  std::set<std::string> dropped;  // of kOptionalParameters
  unsigned room = 1;              // multiplies the token limit, for models that cannot be kept from thinking
  bool operator==(const Dialect&) const = default;

  bool takes(const std::string& parameter) const { return !dropped.contains(parameter); }
};

inline constexpr const char* kOptionalParameters[] = {"temperature", "store", "safety_identifier"};
inline constexpr unsigned kMostRoom = 8;

// One step down after a refusal (HTTP 400). `parameter` is the server's word for what it does not like, `message` its text,
// used where the former is empty. False: nothing is left to give up, or the complaint is about something else.
bool adapt(Dialect& dialect, const std::string& parameter, const std::string& message);

// For the state folder. A text that it does not understand is an untouched dialect.
std::string dialect_text(const Dialect& dialect);
Dialect parse_dialect(const std::string& text);

}  // namespace sotto::contest
