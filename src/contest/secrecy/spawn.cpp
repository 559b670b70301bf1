// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

extern char** environ;

namespace sotto::contest {
namespace {

// What an agent may know of its surroundings. Everything else stays behind: keys and passwords live in variables, too.
bool harmless(std::string_view variable) {
  static constexpr std::string_view kPrefixes[] = {"SOTTO_CACHE=", "SOTTO_THREADS=", "HOME=",         "XDG_CACHE_HOME=", "LANG=",
                                                   "LC_",          "TMPDIR=",        "ASAN_OPTIONS=", "UBSAN_OPTIONS=",  "LD_LIBRARY_PATH="};
  for (const std::string_view prefix : kPrefixes)
    if (variable.starts_with(prefix)) return true;
  return false;
}

// The kernel prefers this process when it must end one: an agent can be started again, the parent cannot. A kernel that refuses
// changes nothing else.
void offer_to_end_first() {
  const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  (void)!write(fd, "500", 3);
  close(fd);
}

// Between fork and exec: only calls that are safe there. Never returns.
[[noreturn]] void become_agent(const char* executable, int socket, pid_t parent, int nice, char* const* argv, char* const* envp) {
  setpgid(0, 0);
  offer_to_end_first();
  if (nice > 0) (void)setpriority(PRIO_PROCESS, 0, nice);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // the parent ended before the tie was made
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int null = open("/dev/null", O_RDWR);
  if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0) _exit(1);
  if (socket == kAgentFd) {
    fcntl(socket, F_SETFD, 0);
  } else if (dup2(socket, kAgentFd) < 0) {
    _exit(1);
  }
  if (close_range(kAgentFd + 1, ~0u, 0) != 0) _exit(1);
  execve(executable, argv, envp);
  _exit(127);
}

}  // namespace

Result<Child> spawn_agent(const std::string& executable, const SpawnOptions& options) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    return environment_error(std::string("cannot make a socket pair: ") + std::strerror(errno));
  Channel ours(pair[0]), theirs(pair[1]);
  std::vector<char*> variables;
  for (char** v = environ; v && *v; ++v)
    if (harmless(*v)) variables.push_back(*v);
  variables.push_back(nullptr);
  std::string name = "sotto", verb = kAgentVerb;
  char* const argv[] = {name.data(), verb.data(), nullptr};
  const pid_t parent = getpid(), pid = fork();
  if (pid < 0) return environment_error(std::string("cannot start an agent process: ") + std::strerror(errno));
  if (pid == 0) become_agent(executable.c_str(), theirs.fd(), parent, options.nice, argv, variables.data());
  setpgid(pid, pid);  // both sides set it: whoever comes first
  return Child{pid, std::move(ours)};
}

void end_child(Child& child, unsigned grace_ms) {
  child.channel = Channel();  // the agent sees the end of its orders
  if (child.pid <= 0) return;
  for (unsigned waited = 0; waited < grace_ms; waited += 5) {
    if (waitpid(child.pid, nullptr, WNOHANG) != 0) {
      child.pid = -1;
      return;
    }
    usleep(5000);
  }
  kill(-child.pid, SIGKILL);
  while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  child.pid = -1;
}

}  // namespace sotto::contest
