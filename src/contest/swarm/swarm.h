// SPDX-License-Identifier: Apache-2.0
// The parent of a swarm: starts one process per agent, beats the slots, hears scores. It never sees a song.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contest/swarm/wire.h"

namespace sotto::contest {

struct SwarmOptions {
  std::string folder;           // state of the run; agents keep theirs in subfolders
  std::string judge;            // *.judge file
  uint64_t seed = 1;
  uint32_t agents = 8;
  uint32_t slots = 32;          // size class
  uint32_t tries = 100;         // songs that an agent judges per slot
  uint32_t slot_ms = 10'000;
  std::string executable = "/proc/self/exe";  // what understands the hidden verb
  std::function<void(uint32_t agent, ByteSpan message)> overhear;  // sees every byte that agents send; for audits
};

struct Standing {
  uint32_t agent = 0;
  bool alive = true;
  std::string fault;            // why it is not alive
  uint32_t last = 0;            // score of the last slot
  uint32_t best = 0;
  uint32_t best_slot = 0;
  uint64_t songs = 0;           // judged so far
  uint32_t late_ms = 0;         // in the last slot
};

class Swarm {
 public:
  // Takes the folder for itself: a second swarm in the same folder is refused.
  static Result<Swarm> start(const SwarmOptions& options);
  Swarm(Swarm&&) noexcept;
  ~Swarm();  // ends the agents and waits for them

  // One slot: every agent offers its best new song. Returns when the slot is over and everybody has answered; the same
  // seed gives the same scores however long that takes. Slots of an earlier run in the same folder are played back at once.
  Status play_slot();
  uint32_t slots_played() const;
  const std::vector<Standing>& standings() const;
  uint64_t songs() const;

  // The agent with the highest score in the last slot (ties: the lowest number), if it reached the target.
  std::optional<uint32_t> winner(uint32_t target) const;
  // Lets that agent prove the song it offered in the last slot.
  Result<AgentProof> prove(uint32_t agent, const claim::Target& target, const std::string& setup, const claim::Progress& progress);

 private:
  struct State;
  explicit Swarm(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sotto::contest
