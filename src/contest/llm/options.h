// SPDX-License-Identifier: Apache-2.0
// What the LLM broker has to know before it starts. The command line builds it (cli/llm_options.h); the key comes from a file
// or from the environment, never from an argument.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contest/llm/money.h"
#include "contest/llm/secret.h"

namespace sotto::contest {

enum class LlmProtocol : uint8_t { kChat, kResponses, kReplay };

// Micro-dollars for a million tokens.
struct LlmPrice {
  Micros in = 0, cached = 0, cache_write = 0, out = 0;
};

struct LlmCaps {
  Micros run = kMicrosPerUsd;   // since the state folder was made, over all its restarts
  Micros day = 0;               // in one UTC day; 0: no cap of its own
  Micros agent = 0;             // of one agent; 0: no cap of its own
  uint64_t tokens = 0;          // for a model without a price: all its tokens, in and out
};

struct LlmOptions {
  LlmProtocol protocol = LlmProtocol::kChat;
  std::string model;                   // as the server calls it
  std::string base_url;                // https://api.openai.com/v1, http://127.0.0.1:8080, ...
  Secret key;                          // empty for a local server that asks for none
  std::string organization, project;   // OpenAI's headers, usually empty
  std::string replay_file;             // kReplay: recorded answers
  std::string state_folder;            // holds ledger and record; made with mode 0700 where missing
  std::optional<LlmPrice> price;       // empty: the table's (llm/models.h); required for a cap in money of a model not in it
  LlmCaps caps;
  unsigned children = 8;               // per call
  unsigned every = 1;                  // an agent asks in every n-th slot; the supervisor counts
  unsigned connect_ms = 5'000;
  unsigned deadline_ms = 8'000;        // from ask(): after it nothing is sent and nothing is retried
  unsigned late_ms = 30'000;           // from ask(): an answer on its way is waited for until then, because it is paid for
  unsigned requests_per_minute = 0;    // 0: learned from the server
  unsigned tokens_per_minute = 0;      // 0: learned from the server
  unsigned connections = 32;           // at the same time
};

// The header lines that say who we are. They hold the key: for the transport only.
std::vector<std::string> auth_headers(const LlmOptions& options);

}  // namespace sotto::contest
