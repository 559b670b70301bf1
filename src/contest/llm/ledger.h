// SPDX-License-Identifier: Apache-2.0
// What the language model has cost, in one SQLite file of the state folder (mode 0600, one process at a time). Every call is
// reserved at what it may cost at worst before it is sent, and settled at what it did cost afterwards. What a dead process has
// left reserved is settled at its worst case by the next one: nobody knows whether the call was served.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "contest/llm/adapter.h"
#include "contest/llm/options.h"

namespace sotto::contest {

struct LedgerAmount {
  Micros money = 0;
  uint64_t tokens = 0;
};

struct LedgerTotals {
  LedgerAmount run, day, reserved;
  uint64_t calls = 0, tokens_in = 0, tokens_cached = 0, tokens_out = 0;
};

struct Reservation {
  int64_t id = 0;        // 0: refused
  std::string refused;   // which cap does not cover it
  bool whole = false;    // refused for everybody, not for this agent only
};

class LlmLedger {
 public:
  static Result<LlmLedger> open(const std::string& folder, LlmCaps caps);
  LlmLedger(LlmLedger&&) noexcept;
  LlmLedger& operator=(LlmLedger&&) noexcept;
  ~LlmLedger();

  // Errors are those of the disk: then nothing may be sent.
  Result<Reservation> reserve(uint32_t agent, const std::string& day, LedgerAmount worst);
  // `usage` nothing but counts; `charged` is what is booked.
  Status settle(int64_t id, Micros charged, const LlmUsage& usage);
  // Nothing is known of the call: books the reservation.
  Status settle_worst(int64_t id);
  LedgerTotals totals(const std::string& day) const;
  LedgerAmount of_agent(uint32_t agent) const;

  // Small facts that outlive the process: dialects, the salt of the safety identifiers.
  std::string fact(const std::string& name) const;
  Status set_fact(const std::string& name, const std::string& value);

 private:
  struct State;
  explicit LlmLedger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sotto::contest
