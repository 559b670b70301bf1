// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/confine.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "contest/secrecy/landlock.h"
#include "contest/secrecy/private_file.h"
#include "contest/secrecy/syscalls.h"

#if defined(__SANITIZE_ADDRESS__)
namespace {
bool confined = false;
}
// The leak check stops all threads with ptrace, which a confined process may not use.
extern "C" int __lsan_is_turned_off() { return confined; }
#endif

namespace sotto::contest {
namespace {

// /proc/self/status, opened before the lock: peak memory is read from it afterwards.
int status_file = -1;

Error cannot(const char* what) { return environment_error(std::string("cannot ") + what + ": " + std::strerror(errno)); }

bool limit(int resource, rlim_t most) {
  rlimit now{};
  if (getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0) return false;
  const rlim_t bound = std::min(most, now.rlim_max);
  const rlimit next{bound, bound};
  return setrlimit(static_cast<__rlimit_resource_t>(resource), &next) == 0;
}

uint64_t memory_of_machine() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

Status limit_resources(const Confinement& c) {
  signal(SIGXFSZ, SIG_IGN);  // a file that grows too long gives an error
  bool done = limit(RLIMIT_FSIZE, c.max_file_bytes) && limit(RLIMIT_NOFILE, c.max_open_files) && limit(RLIMIT_MSGQUEUE, 0) &&
              limit(RLIMIT_RTPRIO, 0);
#if !defined(__SANITIZE_ADDRESS__)  // its shadow takes terabytes of addresses
  done = done && limit(RLIMIT_DATA, c.max_memory_bytes ? c.max_memory_bytes : memory_of_machine());
#else
  (void)&memory_of_machine;
#endif
  return done ? ok_status() : Status(cannot("limit the agent's resources"));
}

// Messages of a failing process go to a file of the agent's, no longer to a terminal, where they could write anything.
Status redirect_messages(const std::string& folder) {
#if !defined(__SANITIZE_ADDRESS__)
  const std::string path = folder + "/messages";
  SOTTO_TRY_STATUS(make_private_file(path));
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 || dup2(fd, STDERR_FILENO) < 0) return cannot("keep the agent's messages");
  close(fd);
#else
  (void)folder;
#endif
  return ok_status();
}

unsigned threads_of_this_process() {
  std::error_code error;
  unsigned count = 0;
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator task("/proc/self/task", error); !error && task != end; task.increment(error)) ++count;
  return count;
}

// Without /proc nothing is known; then the caller's word counts.
Status require_one_thread() {
  if (threads_of_this_process() > 1) return environment_error("the agent must be locked before it starts threads");
  return ok_status();
}

}  // namespace

Status close_memory() {
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return cannot("switch off core dumps");
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return cannot("close the memory to others");
  return ok_status();
}

Status keep_to_itself() {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return cannot("tie the agent to its parent");
  SOTTO_TRY_STATUS(close_memory());
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return cannot("give up privileges");
  umask(077);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  return ok_status();
}

std::string describe(const IsolationOffer& offer) {
  std::string text = offer.landlock_abi > 0 ? "Landlock " + std::to_string(offer.landlock_abi) : "no Landlock";
  text += offer.seccomp ? ", seccomp" : ", no seccomp";
  if (!offer.missing.empty()) text += "; agents are not locked up completely:";
  for (const std::string& gap : offer.missing) text += "\n  " + gap;
  return text;
}

// One gap per line, said as what an agent could do. seccomp alone closes sockets, signals and truncation by name, so an old
// Landlock matters only beside a missing seccomp.
IsolationOffer isolation_offer() {
  IsolationOffer offer{landlock_abi(), seccomp_available(), {}};
  if (offer.landlock_abi == 0)
    offer.missing.emplace_back("files: an agent could open other files of this user (needs Landlock: Linux 5.13 or newer with "
                               "\"landlock\" in the kernel's list lsm=)");
  if (offer.seccomp) return offer;
  offer.missing.emplace_back("system calls: an agent could start programs and use sockets (needs seccomp filters)");
  if (offer.landlock_abi > 0 && offer.landlock_abi < 3)
    offer.missing.emplace_back("files: an agent could truncate other files (Linux 6.2)");
  if (offer.landlock_abi < 6) offer.missing.emplace_back("processes: an agent could end other processes of this user (Linux 6.12)");
  return offer;
}

Result<ConfinementReport> confine_agent(const Confinement& c) {
  IsolationOffer offer = isolation_offer();
  if (c.isolation == Isolation::kRequireAll && !offer.missing.empty()) {
    std::string message = "strict isolation is not possible here:";
    for (const std::string& gap : offer.missing) message += "\n  " + gap;
    return environment_error(message + "\nuse another kernel, or --isolation best-effort");
  }
  SOTTO_TRY_STATUS(require_one_thread());
  SOTTO_TRY_STATUS(keep_to_itself());
  SOTTO_TRY_STATUS(make_private_folder(c.folder));
  SOTTO_TRY_STATUS(redirect_messages(c.folder));
  if (sodium_init() < 0) return environment_error("the system gives no random numbers");  // opens what it needs now
  if (status_file < 0) status_file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  SOTTO_TRY_STATUS(limit_resources(c));
#if defined(__SANITIZE_ADDRESS__)
  confined = true;
#endif
  if (offer.landlock_abi > 0) SOTTO_TRY_STATUS(restrict_files(c.folder, c.readable));
  if (offer.seccomp) SOTTO_TRY_STATUS(restrict_syscalls(c.channel));
  return ConfinementReport{offer.landlock_abi, offer.seccomp, std::move(offer.missing)};
}

// VmHWM and not getrusage: ru_maxrss of a program counts the peak of the process that started it, too.
uint64_t peak_memory_kib() {
  const int fd = status_file >= 0 ? status_file : open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  char text[4096] = {};
  const ssize_t n = fd >= 0 ? pread(fd, text, sizeof text - 1, 0) : -1;
  if (fd >= 0 && fd != status_file) close(fd);
  if (const char* line = n > 0 ? std::strstr(text, "VmHWM:") : nullptr) return std::strtoull(line + 6, nullptr, 10);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss);
}

}  // namespace sotto::contest
