// SPDX-License-Identifier: Apache-2.0
// What to do with a server's answer: take it, try again and when, change the words, give this ask up, or stop asking at all.
// A pure function: the rules are those of OpenAI's own client library, tightened where a retry could cost money for nothing.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "contest/llm/adapter.h"
#include "contest/llm/http.h"

namespace sotto::contest {

struct LlmVerdict {
  enum class Kind : uint8_t { kTake, kRetry, kAdapt, kFail, kPause };
  Kind kind = Kind::kFail;
  uint64_t wait_ms = 0;   // kRetry
  bool limited = false;   // 429: the server has had too much, everyone slows down
  bool charged = false;   // what it costs is not known: the server may have done the work
  std::string reason;     // kFail, kPause; for people, holds nothing that the server wrote
  LlmFault fault;         // kAdapt
};

struct Asked {
  std::string server, model;   // for the reason
  unsigned attempt = 1;        // 1: the first
  uint32_t luck = 0;           // 0..255, spreads retries
  int64_t unix_ms = 0;         // now, for dates in headers
};

inline constexpr unsigned kMaxAttempts = 3;
inline constexpr uint64_t kLongestWaitMs = 120'000;

LlmVerdict verdict_on(const HttpAnswer& answer, const Asked& asked);

// How long the server wants us to wait: retry-after-ms, or retry-after in seconds or as a date.
std::optional<uint64_t> retry_after_ms(const std::map<std::string, std::string>& headers, int64_t unix_ms);
// "1s", "6m0s", "20ms", "1h2m3.5s", "0.25" (seconds) -> milliseconds.
std::optional<uint64_t> parse_duration_ms(const std::string& text);

}  // namespace sotto::contest
