// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/confine.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace sotto::contest {

Status confine_agent() {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return environment_error("cannot tie the agent to its parent");
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return environment_error("cannot switch off core dumps");
  if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return environment_error("cannot close the agent's memory to others");
  umask(077);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  return ok_status();
}

// VmHWM and not getrusage: ru_maxrss of a program counts the peak of the process that started it, too.
uint64_t peak_memory_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    uint64_t kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss);
}

}  // namespace sotto::contest
