// SPDX-License-Identifier: Apache-2.0
// For tests: attempts on other processes, through sockets and other channels, and on the kernel.
#pragma once
#include <arpa/inet.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "contest/secrecy/testing/attack.h"

namespace sotto::contest::red_team {

inline Outcome memory_copied(pid_t pid, long call) {
  char text[64] = {};
  // Address of a variable of this program: the victim runs the same one. A wrong address is "reached", too.
  iovec mine{text, sizeof text}, theirs{text, sizeof text};
  return reached(syscall(call, pid, &mine, 1ul, &theirs, 1ul, 0ul));
}

inline Outcome descriptor_taken(pid_t pid) {
  const Handle process{syscall(434, pid, 0u)};  // pidfd_open
  if (process.fd < 0) return wanted(-1);
  const Handle stolen{syscall(438, static_cast<int>(process.fd), 3, 0u)};  // pidfd_getfd
  return wanted(stolen.fd);
}

inline Outcome traced(pid_t pid) {
  if (ptrace(PTRACE_SEIZE, pid, 0, 0) != 0) return wanted(-1);
  return {true, "attached"};  // lets go when this process ends
}

inline Outcome observed(pid_t pid) {
  perf_event_attr attr{};
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_TASK_CLOCK;
  const Handle event{syscall(SYS_perf_event_open, &attr, pid, -1, -1, 0ul)};
  return wanted(event.fd);
}

inline Outcome limits_changed(pid_t pid) {
  rlimit now{};
  return wanted(syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, nullptr, &now));
}

inline Attacks attacks_on_one(const std::string& whose, const std::function<pid_t(const World&)>& pid) {
  const auto with = [&](const auto& attempt) { return [=](const World& w) { return attempt(pid(w)); }; };
  const char* group = "processes";
  return {
      {group, "signal the " + whose + " (kill)", with([](pid_t p) { return wanted(kill(p, 0)); })},
      {group, "signal the " + whose + "'s group", with([](pid_t p) { return wanted(kill(-p, 0)); })},
      {group, "signal the " + whose + " (tgkill)", with([](pid_t p) { return wanted(syscall(SYS_tgkill, p, p, 0)); })},
      {group, "signal the " + whose + " (tkill)", with([](pid_t p) { return wanted(syscall(SYS_tkill, p, 0)); })},
      {group, "signal the " + whose + " (sigqueue)", with([](pid_t p) { return wanted(sigqueue(p, 0, {})); })},
      {group, "ptrace the " + whose, with(traced)},
      {group, "process_vm_readv of the " + whose, with([](pid_t p) { return memory_copied(p, SYS_process_vm_readv); })},
      {group, "process_vm_writev to the " + whose, with([](pid_t p) {
         iovec none{nullptr, 0};
         return reached(syscall(SYS_process_vm_writev, p, &none, 1ul, &none, 1ul, 0ul));
       })},
      {group, "pidfd_open, pidfd_getfd of the " + whose, with(descriptor_taken)},
      {group, "pidfd_open of the " + whose, with([](pid_t p) { return wanted(Handle{syscall(434, p, 0u)}.fd); })},
      {group, "kcmp with the " + whose, with([](pid_t p) { return reached(syscall(SYS_kcmp, getpid(), p, 0, 0ul, 0ul)); })},
      {group, "perf_event_open on the " + whose, with(observed)},
      {group, "limits of the " + whose, with(limits_changed)},
      {group, "processors of the " + whose, with([](pid_t p) {
         cpu_set_t cpus;
         return wanted(sched_getaffinity(p, sizeof cpus, &cpus));
       })},
      {group, "priority of the " + whose, with([](pid_t p) { return wanted(setpriority(PRIO_PROCESS, static_cast<id_t>(p), 0)); })},
      {group, "scheduler of the " + whose, with([](pid_t p) {
         const sched_param none{};
         return wanted(sched_setscheduler(p, SCHED_OTHER, &none));
       })},
      {group, "session, group of the " + whose, with([](pid_t p) { return wanted(getsid(p)); })},
  };
}

inline Outcome made_socket(int family, int type, int protocol = 0) { return wanted(Handle{socket(family, type, protocol)}.fd); }

inline Outcome connected_tcp(const World& w) {
  const Handle s{socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(w.tcp_port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return wanted(connect(static_cast<int>(s.fd < 0 ? w.channel : s.fd), reinterpret_cast<sockaddr*>(&to), sizeof to));
}

inline Outcome connected_unix(const World& w, bool abstract) {
  const Handle s{socket(AF_UNIX, SOCK_STREAM, 0)};
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  const std::string& name = abstract ? w.socket_name : w.socket_path;
  std::memcpy(to.sun_path + (abstract ? 1 : 0), name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1);
  return wanted(connect(static_cast<int>(s.fd < 0 ? w.channel : s.fd), reinterpret_cast<sockaddr*>(&to), size));
}

// Passes a descriptor to the parent. It would drop it; the agent is not to get so far.
inline Outcome passed_descriptor(const World& w) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  char byte = 0;
  iovec data{&byte, 0};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  std::memset(CMSG_DATA(head), 0, sizeof(int));
  int pair[2];
  if (!w.confined && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0) return wanted(sendmsg(pair[0], &message, 0));
  return wanted(sendmsg(w.channel, &message, 0));
}

// An object of System V outlives its maker: it goes at once.
template <class Remove>
Outcome removed(int id, const Remove& remove) {
  if (id < 0) return wanted(-1);
  remove();
  return {true, "made"};
}

inline Attacks attacks_through_channels() {
  const auto family = [](int f, int type, int protocol = 0) { return [=](const World&) { return made_socket(f, type, protocol); }; };
  return {
      {"sockets", "IPv4 TCP", family(AF_INET, SOCK_STREAM)},
      {"sockets", "IPv4 Multipath TCP", family(AF_INET, SOCK_STREAM, 262)},
      {"sockets", "IPv4 UDP", family(AF_INET, SOCK_DGRAM)},
      {"sockets", "IPv4 raw", family(AF_INET, SOCK_RAW, IPPROTO_ICMP)},
      {"sockets", "IPv6 TCP", family(AF_INET6, SOCK_STREAM)},
      {"sockets", "Unix", family(AF_UNIX, SOCK_STREAM)},
      {"sockets", "netlink", family(AF_NETLINK, SOCK_RAW)},
      {"sockets", "vsock", family(40, SOCK_STREAM)},
      {"sockets", "packet", family(AF_PACKET, SOCK_RAW)},
      {"sockets", "crypto (AF_ALG)", family(38, SOCK_SEQPACKET)},
      {"sockets", "socket pair", [](const World&) {
         int pair[2];
         return wanted(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
       }},
      {"sockets", "connect to a listener on loopback", connected_tcp},
      {"sockets", "connect to a Unix path", [](const World& w) { return connected_unix(w, false); }},
      {"sockets", "connect to an abstract name", [](const World& w) { return connected_unix(w, true); }},
      {"sockets", "pass a descriptor over the channel", passed_descriptor},
      {"sockets", "ask the channel who the parent is", [](const World& w) {
         ucred who{};
         socklen_t size = sizeof who;
         int pair[2] = {w.channel, -1};
         if (!w.confined) (void)!socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
         return wanted(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &who, &size));
       }},
      {"shared memory", "attach a System V segment", [](const World& w) {
         const int id = shmget(w.memory_key, 0, 0);
         return id < 0 ? wanted(-1) : wanted(shmat(id, nullptr, SHM_RDONLY) == reinterpret_cast<void*>(-1) ? -1 : 0);
       }},
      {"shared memory", "make a System V segment", [](const World&) {
         const int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
         return removed(id, [&] { return shmctl(id, IPC_RMID, nullptr); });
       }},
      {"shared memory", "open a POSIX object", [](const World& w) { return wanted(Handle{shm_open(w.shared.c_str(), O_RDONLY, 0)}.fd); }},
      {"shared memory", "memfd_create", [](const World&) { return wanted(Handle{syscall(SYS_memfd_create, "a", 0u)}.fd); }},
      {"shared memory", "memfd_secret", [](const World&) { return wanted(Handle{syscall(447, 0u)}.fd); }},
      {"queues", "System V message queue", [](const World&) {
         const int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
         return removed(id, [&] { return msgctl(id, IPC_RMID, nullptr); });
       }},
      {"queues", "System V semaphores", [](const World&) {
         const int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
         return removed(id, [&] { return semctl(id, 0, IPC_RMID); });
       }},
      {"queues", "POSIX message queue", [](const World& w) { return wanted(mq_open(w.queue.c_str(), O_RDONLY)); }},
#if !defined(__SANITIZE_ADDRESS__)  // sanitizers need it
      {"queues", "pipe", [](const World&) {
         int pair[2];
         return wanted(pipe(pair));
       }},
#endif
  };
}

inline Outcome started(long result) {
  if (result == 0) _exit(0);  // the child
  if (result > 0) waitpid(static_cast<pid_t>(result), nullptr, 0);
  return wanted(result);
}

inline Outcome executed(bool by_descriptor) {
  char shell[] = "sh", option[] = "-c", command[] = "exit 7";
  char* const argv[] = {shell, option, command, nullptr};
  char* const none[] = {nullptr};
  if (by_descriptor) {
    const Handle file{open("/bin/sh", O_PATH | O_CLOEXEC)};
    syscall(SYS_execveat, static_cast<int>(file.fd), "", argv, none, AT_EMPTY_PATH);
  } else {
    execve("/bin/sh", argv, none);
  }
  return wanted(-1);  // success does not come back: the control's status 7 says so
}

inline Attacks attacks_on_the_kernel() {
  Attacks out{
      {"programs", "start a process (fork)", [](const World&) { return started(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
      {"programs", "start a process (clone3)", [](const World&) {
         uint64_t args[11] = {};
         args[4] = SIGCHLD;
         return started(syscall(435, args, sizeof args));
       }},
      {"programs", "run a shell (execve)", [](const World&) { return executed(false); }},
      {"programs", "run a shell (execveat)", [](const World&) { return executed(true); }},
      {"programs", "make memory executable (mmap)", [](const World&) {
         void* p = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         return wanted(p == MAP_FAILED ? -1 : 0);
       }},
      {"programs", "make memory executable (mprotect)", [](const World&) {
         void* p = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
         return wanted(mprotect(p, 4096, PROT_READ | PROT_EXEC));
       }},
      {"kernel", "io_uring", [](const World&) {
         char parameters[120] = {};
         return wanted(Handle{syscall(425, 1u, parameters)}.fd);
       }},
      {"kernel", "bpf", [](const World&) {
         char attributes[128] = {};
         return reached(syscall(SYS_bpf, 99999, attributes, sizeof attributes));
       }},
      {"kernel", "userfaultfd", [](const World&) { return wanted(Handle{syscall(SYS_userfaultfd, O_CLOEXEC | 1)}.fd); }},
      {"kernel", "keyctl", [](const World&) { return wanted(syscall(SYS_keyctl, 0, -4, 0)); }},  // id of the user's keyring
      {"kernel", "add_key", [](const World&) { return wanted(syscall(SYS_add_key, "user", "sotto-test", "a", 1ul, -1)); }},
      {"kernel", "request_key", [](const World&) { return reached(syscall(SYS_request_key, "user", "sotto-none", nullptr, 0)); }},
      {"kernel", "mount", [](const World&) { return reached(mount("none", "/nonexistent", "tmpfs", 0, nullptr)); }},
      {"kernel", "umount", [](const World&) { return reached(umount2("/nonexistent", 0)); }},
      {"kernel", "fsopen", [](const World&) { return reached(syscall(430, "tmpfs", 0u)); }},
      {"kernel", "pivot_root", [](const World&) { return reached(syscall(SYS_pivot_root, "/nonexistent", "/nonexistent")); }},
      {"kernel", "chroot", [](const World& w) { return wanted(chroot(w.own.c_str())); }},
      {"kernel", "setns", [](const World& w) { return reached(setns(w.channel, CLONE_NEWNS)); }},
      {"kernel", "load a module", [](const World&) { return reached(syscall(SYS_init_module, nullptr, 0ul, "")); }},
      {"kernel", "reboot (wrong password)", [](const World&) { return reached(syscall(SYS_reboot, 0, 0, 0, nullptr)); }},
      {"kernel", "read the kernel's log", [](const World&) { return reached(syscall(SYS_syslog, 10, nullptr, 0)); }},
      {"kernel", "change the name of the machine", [](const World&) { return reached(syscall(SYS_sethostname, "a", -1)); }},
      {"kernel", "segments (modify_ldt)", [](const World&) { return wanted(syscall(SYS_modify_ldt, 0, nullptr, 0ul)); }},
      {"kernel", "open its memory to others (PR_SET_DUMPABLE)", [](const World&) { return wanted(prctl(PR_SET_DUMPABLE, 1)); }},
      {"kernel", "outlive its parent (PR_SET_PDEATHSIG)", [](const World&) { return wanted(prctl(PR_SET_PDEATHSIG, 0)); }},
      {"kernel", "become another user", [](const World&) { return wanted(setuid(getuid())); }},
      {"kernel", "write into the terminal (TIOCSTI)", [](const World&) { return reached(syscall(SYS_ioctl, 2, 0x5412, nullptr)); }},
      {"kernel", "core dumps on again", [](const World&) {
         const rlimit all{1, RLIM_INFINITY};
         return wanted(setrlimit(RLIMIT_CORE, &all));
       }},
  };
  const std::pair<const char*, int> spaces[] = {{"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"network", CLONE_NEWNET}, {"process", CLONE_NEWPID}};
  for (const auto& [name, number] : spaces)
    out.push_back({"kernel", std::string("new ") + name + " namespace", [flag = number](const World&) { return wanted(unshare(flag)); }});
  return out;
}

}  // namespace sotto::contest::red_team
