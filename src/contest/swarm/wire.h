// SPDX-License-Identifier: Apache-2.0
// What a parent and its agents say to each other, over a socket pair that keeps message boundaries. Orders go down; up go
// scores, and, once an agent is asked to prove, its progress and the finished proof. Songs go up in one kind of message only:
// prompts for the language model, which the parent hands to its broker unread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "claim/prover/prove.h"
#include "contest/secrecy/channel.h"

namespace sotto::contest {

// ---- orders

struct Assignment {
  uint32_t agent = 0;
  uint64_t seed = 0;
  uint32_t slots = 32;       // size class
  uint32_t tries = 1;        // songs judged per slot
  bool cpu_share = false;    // fewer when a SlotCall's share is spent
  std::string folder;        // the agent's own
  std::string judge;         // *.judge file
  Bytes32 store_key{};       // of the agent's store (secrecy/key.h); SecretKey::take() wipes it
  uint32_t from_slot = 0;    // the parent knows the slots before this one
  uint32_t llm_children = 0; // to ask a language model for, per prompt; 0: there is none
  uint32_t llm_every = 1;    // slots from one prompt to the next
  bool strict = false;       // Isolation::kRequireAll (secrecy/confine.h)
  std::vector<std::string>
      public_files{};  // that it may read beside the judge and the cache of setups: a setup file to prove with
};
struct SlotCall {
  uint32_t slot = 0;
  uint32_t cpu_ms = 0;       // with cpu_share: the agent's share of a processor,
  uint32_t wall_ms = 0;      // and when it has to stop even if it did not get it
};
struct ProveOrder {
  uint32_t slot = 0;         // prove the song that was offered in this slot
  claim::Target target;
  std::string setup;         // a setup file; empty: the development setup
};
struct StopProof {};
// What came of an AgentAsk. Taken in at the start of the next slot.
struct ModelAnswer {
  uint64_t id = 0;
  bool ok = false;
  std::string text;          // raw; or why there is none
};
using Order = std::variant<Assignment, SlotCall, ProveOrder, StopProof, ModelAnswer>;

// ---- reports

struct AgentReady {
  uint32_t slots_done = 0;   // of an earlier run in the same folder
  uint64_t songs = 0;        // judged in the slots before from_slot,
  uint32_t best = 0;         // their best score,
  uint32_t best_slot = 0;    // and its slot
};
struct AgentScore {
  uint32_t slot = 0;
  uint32_t score = 0;        // of the best new song, in public ticks
  uint32_t judged = 0;       // songs scored in this slot; 0: no new song
  uint32_t cpu_ms = 0;       // processor time that it took
};
struct AgentProgress {
  std::string stage;
  uint32_t permille = 0;
};
struct AgentProof {
  Bytes proof;
  claim::ClaimStatement statement;
  uint32_t milliseconds = 0;  // from the order to the proof
  uint64_t peak_kib = 0;      // of the agent's process
};
// No proof came of the order; the agent goes on.
struct AgentNoProof {
  ErrorKind kind = ErrorKind::kEnvironment;
  std::string message;
};
// The agent asks the language model. The only report with songs in it: it is for the broker, for nobody else.
struct AgentAsk {
  uint64_t id = 0;
  uint32_t children = 0;
  std::string prompt;
};
// What has come of the language model's answers so far, earlier runs included: comes before the score of a slot that took some in,
// and after AgentReady.
struct AgentYield {
  uint32_t proposed = 0;     // children that were asked for and came
  uint32_t parsed = 0;       // that are songs of the size class
  uint32_t judged = 0;       // that are neither silent nor known
  uint32_t kept = 0;         // that were the best of their kind when they came
  bool operator==(const AgentYield&) const = default;
};
// The agent cannot go on.
struct AgentFailure {
  ErrorKind kind = ErrorKind::kEnvironment;
  std::string message;
};
using Report = std::variant<AgentReady, AgentScore, AgentProgress, AgentProof, AgentNoProof, AgentAsk, AgentYield,
                            AgentFailure>;

// Longest texts that fit a message with everything around them.
inline constexpr size_t kMaxPrompt = kMaxMessage - 64, kMaxAnswer = kMaxMessage - 64;

Bytes encode(const Order& order);
Bytes encode(const Report& report);
Result<Order> decode_order(ByteSpan bytes);
Result<Report> decode_report(ByteSpan bytes);

}  // namespace sotto::contest
