// SPDX-License-Identifier: Apache-2.0
// What a parent and its agents say to each other, over a socket pair that keeps message boundaries. Orders go down; up go
// scores, and, once an agent is asked to prove, its progress and the finished proof. No message upwards has room for a song.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

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
  uint32_t slot_ms = 10000;
  std::string folder;        // the agent's own
  std::string judge;         // *.judge file
  Bytes32 store_key{};       // of the agent's store (secrecy/key.h); SecretKey::take() wipes it
};
struct SlotCall {
  uint32_t slot = 0;
};
struct ProveOrder {
  uint32_t slot = 0;         // prove the song that was offered in this slot
  claim::Target target;
  std::string setup;         // a setup file; empty: the development setup
};
using Order = std::variant<Assignment, SlotCall, ProveOrder>;

// ---- reports

struct AgentReady {
  uint32_t slots_done = 0;   // of an earlier run in the same folder
};
struct AgentScore {
  uint32_t slot = 0;
  uint32_t score = 0;        // of the best new song, in public ticks
  uint32_t judged = 0;       // songs scored in this slot; 0: no new song
  uint32_t late_ms = 0;      // beyond the end of the slot
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
struct AgentFailure {
  ErrorKind kind = ErrorKind::kEnvironment;
  std::string message;
};
using Report = std::variant<AgentReady, AgentScore, AgentProgress, AgentProof, AgentFailure>;

Bytes encode(const Order& order);
Bytes encode(const Report& report);
Result<Order> decode_order(ByteSpan bytes);
Result<Report> decode_report(ByteSpan bytes);

}  // namespace sotto::contest
