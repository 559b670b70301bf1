// SPDX-License-Identifier: Apache-2.0
// The parent of a swarm: one process per agent, slots, the wire between them. It never sees a song. What to do with scores,
// prompts and proofs is decided by whoever gives the hooks.
//
// One thread: everything happens, and every hook is called, inside play_slot(), drain() and prove().
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contest/swarm/crew.h"
#include "contest/swarm/folder_lock.h"
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
  std::function<void(uint32_t agent, ByteSpan message)> overhear{};  // sees every byte that agents send; for audits
  bool cpu_share = false;       // tries is a limit: an agent stops earlier when its share of the processors is spent
  bool secret_seed = false;     // agents' seeds come from the master key: nobody can repeat their search without it
  bool lockstep =
      true;  // every slot waits for everybody: the same scores after every slot, however busy the machine is
  std::vector<uint32_t>
      told{};  // per agent: its slots before this one are accounted for elsewhere, play the rest; empty: all
  int64_t patience_ms = 600'000;  // an agent that composes for so long hangs: it is killed and started again
  uint32_t llm_children = 0;    // per prompt; 0: no language model
  uint32_t llm_every = 1;       // slots from one prompt of an agent to the next
  std::string passphrase_file{};  // the stores' master key is computed from its first line; empty: folder/master.key
  bool strict_isolation = false;  // agents that the kernel cannot lock up completely do not start (secrecy/confine.h)
  std::vector<uint32_t>
      numbers{};  // of these agents within a team on several machines (contest/bus/node.h); empty: 0, 1, …
  std::vector<std::string>
      public_files{};  // that agents may read beside the judge and the cache of setups: a setup file to prove with
};

struct Standing {
  uint32_t agent = 0;
  bool alive = true;            // false: given up
  std::string fault;            // why it is not alive, or was started again last
  uint32_t last = 0;            // score of the last slot
  uint32_t best = 0;
  uint32_t best_slot = 0;
  uint64_t songs = 0;           // judged so far
  uint32_t late_ms = 0;         // in the last slot
  uint32_t restarts = 0;
  uint64_t cpu_ms = 0;          // spent on composing since this program started
  AgentYield yield{};           // of the language model, earlier runs included
};

// One agent's offer in one slot.
struct Offer {
  uint32_t agent = 0, slot = 0;
  uint32_t score = 0, judged = 0, late_ms = 0;
};

struct SwarmHooks {
  std::function<void(const Offer&)> offer;
  std::function<void(uint32_t agent, AgentAsk&&)> ask;
  std::function<void(uint32_t agent, const AgentProgress&)> progress;
  std::function<void(uint32_t agent, const AgentProof&)> proof;
  std::function<void(uint32_t agent, const Error&)> no_proof;  // also when the agent died over it
  std::function<void(const Standing&)> restart;                // or, when it is not alive, the last word about it
  std::function<void()> turn;                                  // several times a second
};

class Swarm {
 public:
  // Takes the folder for itself, if the caller has not: a second swarm in the same folder is refused.
  static Result<Swarm> start(const SwarmOptions& options, SwarmHooks hooks = {});
  static Result<Swarm> start(const SwarmOptions& options, SwarmHooks hooks, FolderLock lock);
  Swarm(Swarm&&) noexcept;
  ~Swarm();  // ends the agents and waits for them

  // Until the slot is over. Lockstep: everybody has answered; the same seed gives the same scores however long that takes.
  // Slots of an earlier run in the same folder are played back at once. Ends early, with kInterrupted, when interrupted() or
  // when a hook called stop().
  Status play_slot();
  void stop();
  // Lets those that compose finish, and calls nobody else, or only those who still owe a slot that is over. At most so long.
  enum class Finish { kWhatRuns, kWhatIsOwed };
  void drain(std::chrono::milliseconds most, Finish finish = Finish::kWhatRuns);

  uint32_t slots_played() const;
  const std::vector<Standing>& standings() const;
  uint64_t songs() const;
  uint64_t slips() const;                       // slots that had to be prolonged because the machine was too slow
  uint64_t unaccounted() const;  // songs whose number a store and this parent disagreed about; a bug if not 0
  std::vector<pid_t> pids() const;              // of the agents that run

  // Watches a descriptor inside play_slot(); `readable` is called when there is something to read.
  void watch(int fd, std::function<void()> readable);
  void answer(uint32_t agent, const ModelAnswer& answer);
  // False when the agent is not there. Its proof, or its failure, comes to the hooks.
  bool order_proof(uint32_t agent, const ProveOrder& order);
  void stop_proof(uint32_t agent);

  // The agent with the highest score in the last slot (ties: the lowest number), if it reached the target.
  std::optional<uint32_t> winner(uint32_t target) const;
  // Lets that agent prove the song it offered in the last slot, and waits for it. No slots are played meanwhile.
  Result<AgentProof> prove(uint32_t agent, const claim::Target& target, const std::string& setup,
                           const claim::Progress& progress);

 private:
  struct State;
  explicit Swarm(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sotto::contest
