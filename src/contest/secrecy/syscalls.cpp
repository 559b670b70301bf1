// SPDX-License-Identifier: Apache-2.0
// Why EPERM and not death: libraries try newer calls first and fall back when they are refused; a refusal costs an agent nothing,
// and an attacker gains nothing from being alive. Only calls of another architecture (32-bit, x32), which no library tries, kill.
// Why a list of what is allowed: a kernel may bring new calls next year, and they must be closed on the day they appear.
#include "contest/secrecy/syscalls.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace sotto::contest {
namespace {

// Without a look at the arguments. Names that an architecture lacks are skipped.
constexpr const char* kAllowed[] = {
    // memory (mmap and mprotect: below)
    "brk", "munmap", "mremap", "madvise", "mlock", "munlock", "mincore", "membarrier",
    // threads (clone: below)
    "exit", "exit_group", "futex", "set_robust_list", "rseq", "sched_yield", "gettid", "getpid", "getppid", "set_tid_address",
    "getcpu", "restart_syscall",
    // signals to itself (tgkill: below)
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
    // time
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
    // what it is, what it has used
    "getuid", "geteuid", "getgid", "getegid", "getrusage", "times", "uname", "sysinfo", "getrandom",
    // files (open: below): Landlock decides which. Nothing that makes, removes, renames, links files or changes their mode or owner.
    "close", "read", "pread64", "readv", "write", "pwrite64", "writev", "lseek", "stat", "lstat", "fstat", "newfstatat",
    "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "getdents64", "ftruncate", "fallocate", "fsync",
    "fdatasync",
    // waiting for the channel
    "poll", "ppoll"};

#if defined(__SANITIZE_ADDRESS__)
// The sanitizers find out with a pipe whether memory can be read. Only their builds allow it.
constexpr const char* kAllowedToSanitizers[] = {"pipe", "pipe2"};
#endif

using Conditions = std::vector<scmp_arg_cmp>;

struct Filter {
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  int fault = context ? 0 : -ENOMEM;

  Filter() = default;
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() {
    if (context) seccomp_release(context);
  }
  void add(uint32_t action, const char* name, const Conditions& conditions = {}) {
    const int number = seccomp_syscall_resolve_name(name);
    if (fault || number < 0) return;  // negative: this architecture has no such call
    fault = seccomp_rule_add_array(context, action, number, static_cast<unsigned>(conditions.size()), conditions.data());
  }
  void allow(const char* name, const Conditions& conditions = {}) { add(SCMP_ACT_ALLOW, name, conditions); }
};

scmp_arg_cmp equals(unsigned argument, uint64_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
scmp_arg_cmp masked(unsigned argument, uint64_t mask, uint64_t value) { return {argument, SCMP_CMP_MASKED_EQ, mask, value}; }
// The kernel reads only the low half of an int, so the high half must not decide.
scmp_arg_cmp int_equals(unsigned argument, uint32_t value) { return masked(argument, 0xffffffffu, value); }

// Threads of this process, no new process and no new namespace. clone3 hides its flags from a filter: "not there" makes the C
// library use clone.
void allow_threads(Filter& filter) {
  constexpr uint64_t kThread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
  constexpr uint64_t kForbidden = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                                  CLONE_NEWNET | CLONE_PTRACE | CLONE_VFORK;
  filter.allow("clone", {masked(0, kThread | kForbidden, kThread)});
  filter.add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
}

// Memory is never executable: there is no code to load any more.
void allow_memory(Filter& filter) {
  for (const char* name : {"mmap", "mprotect"}) filter.allow(name, {masked(2, PROT_EXEC, 0)});
}

// Calls that name a process: only with this one. Other processes of the same user could be signalled, and their limits changed.
void allow_self(Filter& filter) {
  const auto self = static_cast<uint32_t>(getpid());
  filter.allow("tgkill", {int_equals(0, self)});
  filter.allow("prlimit64", {int_equals(0, 0), equals(2, 0)});  // asks, does not set
  // Of the calling thread. "Not there" instead of "refused", because pthread_getattr_np goes on after it.
  filter.allow("sched_getaffinity", {equals(0, 0)});
  filter.add(SCMP_ACT_ERRNO(ENOSYS), "sched_getaffinity", {{0, SCMP_CMP_NE, 0, 0}});
  filter.allow("setpriority", {int_equals(0, PRIO_PROCESS), int_equals(1, 0)});  // of the calling thread
}

// Locks (of SQLite) and flags; no ownership, no signals, no leases, no notices of a folder's changes.
void allow_file_control(Filter& filter) {
  for (const uint32_t command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW})
    filter.allow("fcntl", {int_equals(1, command)});
}

// Landlock does not see nameless files: they could fill the disk.
void allow_open(Filter& filter) {
  constexpr uint64_t kNameless = O_TMPFILE & ~O_DIRECTORY;
  filter.allow("open", {masked(1, kNameless, 0)});
  filter.allow("openat", {masked(2, kNameless, 0)});
}

// To and from the other end only: no address; no sendmsg and recvmsg, which could pass descriptors.
void allow_channel(Filter& filter, int channel) {
  filter.allow("sendto", {int_equals(0, static_cast<uint32_t>(channel)), equals(4, 0)});
  filter.allow("shutdown", {int_equals(0, static_cast<uint32_t>(channel))});
  filter.allow("recvfrom", {int_equals(0, static_cast<uint32_t>(channel)), equals(4, 0)});
}

// Names of threads and of memory; nothing of what else prctl does.
void allow_names(Filter& filter) {
  constexpr uint32_t kSetVma = 0x53564d41;  // PR_SET_VMA, newer than Debian 12's header
  for (const uint32_t option : {uint32_t{PR_SET_NAME}, uint32_t{PR_GET_NAME}, kSetVma}) filter.allow("prctl", {int_equals(0, option)});
}

}  // namespace

bool seccomp_available() {
  const uint32_t action = SECCOMP_RET_ERRNO;
  return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0u, &action) == 0;
}

Status restrict_syscalls(int channel) {
  Filter filter;
  for (const char* name : kAllowed) filter.allow(name);
#if defined(__SANITIZE_ADDRESS__)
  for (const char* name : kAllowedToSanitizers) filter.allow(name);
#endif
  allow_threads(filter);
  allow_memory(filter);
  allow_self(filter);
  allow_open(filter);
  allow_file_control(filter);
  allow_channel(filter, channel);
  allow_names(filter);
  if (!filter.fault) filter.fault = seccomp_attr_set(filter.context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  if (!filter.fault) filter.fault = seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a tree, not a list
  if (!filter.fault) filter.fault = seccomp_load(filter.context);
  if (filter.fault) return environment_error(std::string("seccomp: cannot lock the agent: ") + std::strerror(-filter.fault));
  return ok_status();
}

}  // namespace sotto::contest
