// SPDX-License-Identifier: Apache-2.0
// For tests: one attempt of a hostile agent, and what it knows. More than a real one would: all paths, names and numbers, and
// everything but the secrets.
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

namespace sotto::contest::red_team {

struct World {
  std::string state, own, victim, outside;  // folders: of the run, of the attacker, of the victim, anybody's
  std::string canary;                       // is in the parent's and the victim's secrets, with more behind it
  pid_t parent = 0, victim_pid = 0;
  int tcp_port = 0, memory_key = 0;         // a listener on loopback; a System V segment
  std::string socket_path, socket_name;     // listeners: a path, an abstract name
  std::string queue, shared;                // a message queue; a POSIX shared memory object
  int channel = 3;
  bool confined = true;                     // false: the control, which shows that an attempt can succeed on this machine

  std::string victim_store() const { return victim + "/songs.db"; }
  std::string bait() const { return victim + "/bait"; }  // a file of the victim's that attempts may destroy
};

struct Outcome {
  bool succeeded = false;
  std::string how;
};

struct Attempt {
  const char* group;
  std::string name;
  std::function<Outcome(const World&)> attempt;
};

using Attacks = std::vector<Attempt>;

// What a system call gave: success is what the attacker wanted.
inline Outcome wanted(long result) { return result >= 0 ? Outcome{true, "done"} : Outcome{false, strerror(errno)}; }

// For calls with arguments that do nothing: the attempt counts as successful when the kernel looked at the arguments.
inline Outcome reached(long result) {
  const bool stopped = result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
  return {!stopped, result < 0 ? strerror(errno) : "done"};
}

struct Handle {
  long fd;
  ~Handle() {
    if (fd >= 0) close(static_cast<int>(fd));
  }
};

inline Outcome opened(const std::string& path, int flags = O_RDONLY) {
  const Handle file{open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0600)};
  if (file.fd >= 0 && (flags & O_CREAT)) unlink(path.c_str());  // the next attempt is to make it again
  return wanted(file.fd);
}

}  // namespace sotto::contest::red_team
