// SPDX-License-Identifier: Apache-2.0
// The agent processes of a swarm: starts them, speaks to them, and starts them again from their stores when they die or hang.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contest/secrecy/key.h"
#include "contest/secrecy/spawn.h"
#include "contest/swarm/wire.h"

namespace sotto::contest {

// How often an agent may be started again. Every restart costs a credit and waits longer than the one before; slots that go
// well bring credits back, so that a rare death every few hours never ends a run of days.
class RestartBudget {
 public:
  static constexpr unsigned kCredits = 5;
  static constexpr unsigned kSlotsPerCredit = 60;

  // It has died: milliseconds until it may be started again; nothing when it has to be given up.
  std::optional<int64_t> died();
  void slot_done();

 private:
  unsigned credits_ = kCredits;
  unsigned good_slots_ = 0;
};

struct CrewOptions {
  std::string executable;
  Assignment assignment;                       // of all; agent, seed, folder, key and from_slot are filled in
  std::string folder;                          // agents keep their stores in subfolders
  uint64_t seed = 1;
  bool secret_seed = false;                    // every agent's seed comes from the master key
  std::function<void(uint32_t agent, ByteSpan message)> overhear;
  std::vector<uint32_t> numbers{};  // what the agents are called within their team (contest/bus/node.h); empty: 0, 1, …
};

class Crew {
 public:
  Crew(CrewOptions options, SecretKey master, uint32_t agents);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();                                     // ends the agents, all at once, and waits for them

  uint32_t size() const { return static_cast<uint32_t>(members_.size()); }
  // Starts the process and gives it its assignment; its AgentReady comes later.
  Status start(uint32_t agent, uint32_t from_slot);
  bool running(uint32_t agent) const { return members_[agent].child.pid > 0; }
  pid_t pid(uint32_t agent) const { return members_[agent].child.pid; }
  int fd(uint32_t agent) const { return members_[agent].child.channel.fd(); }
  // False when the agent does not take it: it hangs or has gone.
  bool send(uint32_t agent, const Order& order) const;
  // The next report; an error when the agent has gone or speaks nonsense.
  Result<Report> hear(uint32_t agent) const;
  void kill(uint32_t agent);

  RestartBudget& budget(uint32_t agent) { return members_[agent].budget; }

 private:
  struct Member {
    Child child;
    RestartBudget budget;
  };
  uint32_t number(uint32_t agent) const { return options_.numbers.empty() ? agent : options_.numbers.at(agent); }

  CrewOptions options_;
  SecretKey master_;
  std::vector<Member> members_;
};

std::string agent_folder(const std::string& folder, uint32_t agent);

}  // namespace sotto::contest
