// SPDX-License-Identifier: Apache-2.0
// The search of one agent, bound to its private store. Same identity, same songs: what it composes is a function of its seed, of
// the answers that it took in, and of how many songs it judged in each slot, all of which the store keeps.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "contest/mind/composer.h"
#include "contest/secrecy/spawn.h"  // kAgentVerb, kAgentFd: where run_agent_process() belongs
#include "contest/secrecy/store.h"
#include "contest/swarm/muse.h"
#include "contest/swarm/wire.h"

namespace sotto::contest {

// A slot is over after Assignment::tries songs, or, with cpu_share, when this says so (asked before every song but the first).
using EnoughSongs = std::function<bool()>;

class Agent {
 public:
  static Result<Agent> open(const Assignment& assignment);

  AgentReady ready() const;
  const AgentYield& yield() const { return muse_.yield(); }
  uint32_t slots_done() const { return store_.slots(); }
  // The best new song of a slot: judged now, or remembered when the slot was played before. Slots come in order.
  Result<AgentScore> play(uint32_t slot, const EnoughSongs& enough = {});
  // An answer of the language model: it is stored, and taken in at the start of the next new slot.
  Status keep(const std::string& answer);
  bool has_answers() const;
  // What to ask the language model after this slot; nothing while it is not this slot's turn.
  std::optional<AgentAsk> ask_after(uint32_t slot) const;

  // The program that was offered in a slot. Another thread may call this, keep() and has_answers() while one plays.
  Result<sound::Program> offered(uint32_t slot) const;
  // The genome that was offered, for its owner.
  Result<Genome> offered_genome(uint32_t slot) const;
  const judge::Network& network() const { return judge_.network(); }

 private:
  Agent(const Assignment& a, judge::Network net, sound::SizeClass size, Store store)
      : assignment_(a),
        judge_(std::move(net)),
        size_(size),
        store_(std::move(store)),
        evolver_({size, judge_.network().samples}) {}
  Status remember();
  StoredSlot compose_slot(uint32_t slot, std::vector<std::string> answers, const EnoughSongs& enough);
  void note(const StoredSlot& slot);

  Assignment assignment_;
  Listener judge_;
  sound::SizeClass size_;
  Store store_;
  std::unique_ptr<std::mutex> store_use_ = std::make_unique<std::mutex>();
  Evolver evolver_;
  Muse muse_;
  std::vector<std::string> answers_;  // that wait; under store_use_, like the store
  uint64_t songs_ = 0;             // in all slots
  uint32_t best_ = 0, best_slot_ = 0;
  AgentReady before_;              // the same, of the slots before Assignment::from_slot
};

// The body of an agent process: obeys the orders on `fd` until the parent goes away. Returns the exit code.
int run_agent_process(int fd);

}  // namespace sotto::contest
