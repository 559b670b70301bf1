// SPDX-License-Identifier: Apache-2.0
// The one place that talks to a language model: it alone owns key, sockets, rate limits and money. It runs on a thread of its
// own; nothing here ever waits for the network. Every ask gets exactly one reply, sooner or later, be it a refusal.
//
// Used by one thread (the supervisor's). What it knows of songs it writes to its record (state folder, mode 0600) and nowhere
// else: no reason, status or log line holds a prompt, an answer or a key.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "contest/llm/options.h"

namespace sotto::contest {

struct LlmAsk {
  uint32_t agent = 0;
  uint64_t id = 0;         // the caller's; comes back in the reply
  std::string prompt;      // user_prompt(); the system prompt is the broker's
  uint32_t children = 8;   // asked for in the prompt; bounds the answer
};

struct LlmReply {
  uint32_t agent = 0;
  uint64_t id = 0;
  bool ok = false;
  bool late = false;       // came after the deadline; good all the same
  std::string text;        // raw content: read_children() reads it
  std::string reason;      // why there is none; no song in it
};

struct LlmStatus {
  std::string server;      // scheme://host:port
  std::string model;
  std::string paused;      // why nothing is asked any more; empty: it works
  std::string notice;      // of the model: no price, will be shut down; empty: nothing to say
  bool priced = false;     // money counts; otherwise tokens do
  Micros spent_run = 0, spent_day = 0, reserved = 0;  // spent includes earlier runs in this state folder
  LlmCaps caps;
  uint64_t calls = 0;      // sent to the server, retries included
  uint64_t answers = 0, failures = 0, refused = 0, late = 0;  // of asks; refused: not sent at all
  uint64_t tokens_in = 0, tokens_cached = 0, tokens_out = 0;
  unsigned in_flight = 0, waiting = 0;
  unsigned latency_ms = 0; // running mean of answers
};

class LlmBroker {
 public:
  // kUsage for options that make no sense, kEnvironment where the state folder cannot be used. Makes no connection.
  static Result<std::unique_ptr<LlmBroker>> start(LlmOptions options);
  ~LlmBroker();            // gives up what is in flight; its reservations are settled at their worst case
  LlmBroker(const LlmBroker&) = delete;
  LlmBroker& operator=(const LlmBroker&) = delete;

  void ask(LlmAsk ask);
  std::vector<LlmReply> take_replies();
  int wake_fd() const;     // readable while replies wait
  LlmStatus status() const;

 private:
  struct Core;
  explicit LlmBroker(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace sotto::contest
