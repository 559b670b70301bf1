// SPDX-License-Identifier: Apache-2.0
// One agent: a process that evolves songs, keeps them to itself and tells scores.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "contest/mind/composer.h"
#include "contest/secrecy/spawn.h"
#include "contest/secrecy/store.h"
#include "contest/swarm/wire.h"

namespace sotto::contest {

// The search of one agent, bound to its store. Same identity, same songs.
class Agent {
 public:
  static Result<Agent> open(const Assignment& assignment);

  uint32_t slots_done() const { return static_cast<uint32_t>(slots_.size()); }
  // The best new song of a slot: judged now, or remembered when the slot was played before. Slots come in order.
  Result<AgentScore> play(uint32_t slot);
  // The program that was offered in a slot.
  Result<sound::Program> offered(uint32_t slot) const;
  // The genome that was offered, for its owner.
  Result<Genome> offered_genome(uint32_t slot) const;
  const judge::Network& network() const { return judge_.network(); }

 private:
  Agent(const Assignment& a, judge::Network net, sound::SizeClass size, Store store)
      : assignment_(a), judge_(std::move(net)), size_(size), store_(std::move(store)) {}
  StoredSlot compose_slot(uint32_t slot);

  Assignment assignment_;
  Listener judge_;
  sound::SizeClass size_;
  Store store_;
  Evolver evolver_;
  std::vector<StoredSlot> slots_;
};

// The body of an agent process: obeys the orders on `fd` until the parent goes away. Returns the exit code.
int run_agent_process(int fd);

}  // namespace sotto::contest
