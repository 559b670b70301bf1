// SPDX-License-Identifier: Apache-2.0
// Starts agent processes: a fresh program with nothing of its parent but one end of a socket pair.
#pragma once
#include <sys/types.h>

#include <string>

#include "contest/secrecy/channel.h"

namespace sotto::contest {

// The hidden verb that starts an agent process, and where its end of the socket pair is.
inline constexpr const char* kAgentVerb = "agent-worker";
inline constexpr int kAgentFd = 3;

struct Child {
  pid_t pid = -1;
  Channel channel;
};

struct SpawnOptions {
  int nice = 0;  // 0..19: how far an agent's computing stands back behind everything else on the machine
};

// Runs `executable agent-worker` in a process group of its own. It inherits no open file but its socket and standard error
// (until it is confined), and no variable that could hold a key. When memory runs out, the kernel ends agents before the parent.
Result<Child> spawn_agent(const std::string& executable, const SpawnOptions& options = {});

// Closes the channel and lets the process end; kills its group after `grace_ms`. Waits for it.
void end_child(Child& child, unsigned grace_ms);

}  // namespace sotto::contest
