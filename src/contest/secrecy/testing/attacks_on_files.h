// SPDX-License-Identifier: Apache-2.0
// For tests: attempts on files, on /proc, and on what a process inherits.
#pragma once
#include <dirent.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/xattr.h>

#include "contest/secrecy/testing/attack.h"

extern char** environ;

namespace sotto::contest::red_team {

inline Outcome listed(const std::string& folder) {
  DIR* d = opendir(folder.c_str());
  if (!d) return wanted(-1);
  const bool any = readdir(d) != nullptr;
  closedir(d);
  return {any, "listed"};
}

inline Outcome rights_changed(const World& w) {
  const std::string bait = w.bait();
  for (const long result : {static_cast<long>(chmod(bait.c_str(), 0666)), static_cast<long>(chown(bait.c_str(), getuid(), getgid())),
                            static_cast<long>(utimes(bait.c_str(), nullptr)), static_cast<long>(setxattr(bait.c_str(), "user.a", "a", 1, 0))})
    if (result == 0) return {true, "changed"};
  return wanted(-1);
}

// A name in the own folder for a file outside of it, then through the name.
inline Outcome through_link(const World& w, bool symbolic) {
  const std::string name = w.own + (symbolic ? "/symbolic" : "/hard");
  if ((symbolic ? symlink(w.bait().c_str(), name.c_str()) : link(w.bait().c_str(), name.c_str())) != 0) return wanted(-1);
  const Outcome read = opened(name);
  unlink(name.c_str());
  return read;
}

inline Outcome moved(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return wanted(-1);
  rename(to.c_str(), from.c_str());
  return {true, "renamed"};
}

inline Outcome by_handle(const World& w) {
  alignas(file_handle) char space[sizeof(file_handle) + MAX_HANDLE_SZ] = {};
  auto* handle = reinterpret_cast<file_handle*>(space);
  handle->handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  if (name_to_handle_at(AT_FDCWD, w.victim_store().c_str(), handle, &mount, 0) != 0) return wanted(-1);
  const Handle root{open(w.own.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  const Handle file{open_by_handle_at(static_cast<int>(root.fd), handle, O_RDONLY)};
  return wanted(file.fd);
}

inline Outcome by_openat2(const World& w) {
  struct {
    uint64_t flags, mode, resolve;
  } how{O_RDONLY | O_CLOEXEC, 0, 0};
  const Handle file{syscall(437, AT_FDCWD, w.victim_store().c_str(), &how, sizeof how)};
  return wanted(file.fd);
}

inline Outcome watched(const World& w) {
  const Handle watch{inotify_init1(IN_CLOEXEC)};
  if (watch.fd < 0) return wanted(-1);
  return wanted(inotify_add_watch(static_cast<int>(watch.fd), w.victim.c_str(), IN_ALL_EVENTS));
}

inline Outcome stepped_out(const World& w) {
  const Handle here{open(".", O_PATH | O_CLOEXEC)};
  if (chdir(w.victim.c_str()) != 0) return wanted(-1);
  const Outcome read = opened("songs.db");
  (void)!fchdir(static_cast<int>(here.fd));
  return read;
}

// Every open descriptor: its own folder, its socket and the like are known; anything that holds the secret is not.
inline Outcome found_in_descriptors(const World& w) {
  unsigned open_ones = 0;
  for (int fd = 0; fd < 4096; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) continue;
    ++open_ones;
    char text[4096] = {};
    if (pread(fd, text, sizeof text - 1, 0) > 0 && std::strstr(text, w.canary.c_str())) return {true, "read descriptor " + std::to_string(fd)};
  }
  errno = 0;
  return {false, std::to_string(open_ones) + " open, no secret in them"};
}

inline Outcome found_in_environment(const World& w) {
  unsigned variables = 0;
  for (char** v = environ; v && *v; ++v, ++variables)
    if (std::strstr(*v, w.canary.c_str())) return {true, *v};
  return {false, std::to_string(variables) + " variables, no secret in them"};
}

inline Attacks attacks_on_files() {
  const auto path = [](std::string World::*folder, const char* name, int flags = O_RDONLY) {
    return [=](const World& w) { return opened(w.*folder + name, flags); };
  };
  Attacks out{
      {"files", "read the victim's store", path(&World::victim, "/songs.db")},
      {"files", "read the victim's write-ahead file", path(&World::victim, "/songs.db-wal")},
      {"files", "write to the victim's store", path(&World::victim, "/songs.db", O_WRONLY)},
      {"files", "read it by ../ from the own folder", [](const World& w) { return opened(w.own + "/../" + w.victim.substr(w.state.size()) + "/songs.db"); }},
      {"files", "read it by /proc/self/root", [](const World& w) { return opened("/proc/self/root" + w.victim_store()); }},
      {"files", "read it after chdir", stepped_out},
      {"files", "read it by openat2", by_openat2},
      {"files", "read it by a file handle", by_handle},
      {"files", "read the master key", path(&World::state, "/master.key")},
      {"files", "list the state folder", [](const World& w) { return listed(w.state); }},
      {"files", "list the victim's folder", [](const World& w) { return listed(w.victim); }},
      {"files", "list /tmp", [](const World&) { return listed("/tmp"); }},
      {"files", "list /dev/shm", [](const World&) { return listed("/dev/shm"); }},
      {"files", "read /etc/passwd", [](const World&) { return opened("/etc/passwd"); }},
      {"files", "open the terminal's or the disks' devices", [](const World&) { return opened("/dev/zero", O_RDWR); }},
      {"files", "watch the victim's folder (inotify)", watched},
      {"files", "watch everything (fanotify)", [](const World&) { return wanted(syscall(SYS_fanotify_init, 0u, O_RDONLY)); }},
      {"files", "write a new file outside", [](const World& w) { return opened(w.outside + "/new", O_WRONLY | O_CREAT); }},
      {"files", "write a new file to the victim", [](const World& w) { return opened(w.victim + "/new", O_WRONLY | O_CREAT); }},
      {"files", "make a file in the own folder", [](const World& w) { return opened(w.own + "/new", O_WRONLY | O_CREAT); }},
      {"files", "make a nameless file", [](const World& w) { return opened(w.own, O_RDWR | O_TMPFILE); }},
      {"files", "make a folder outside", [](const World& w) {
         const std::string made = w.outside + "/made";
         return mkdir(made.c_str(), 0700) == 0 ? wanted(rmdir(made.c_str())) : wanted(-1);
       }},
      {"files", "make a FIFO in the own folder", [](const World& w) {
         const std::string made = w.own + "/fifo";
         return mkfifo(made.c_str(), 0600) == 0 ? wanted(unlink(made.c_str())) : wanted(-1);
       }},
      {"files", "open the parent's FIFO", [](const World& w) { return opened(w.outside + "/fifo", O_RDONLY); }},
      {"files", "truncate the victim's file", [](const World& w) { return wanted(truncate(w.bait().c_str(), 0)); }},
      {"files", "change its mode, owner, times, attributes", rights_changed},
      {"files", "reach it by a symbolic link", [](const World& w) { return through_link(w, true); }},
      {"files", "reach it by a hard link", [](const World& w) { return through_link(w, false); }},
      {"files", "rename it into the own folder", [](const World& w) { return moved(w.bait(), w.own + "/bait"); }},
      {"files", "rename the own store out", [](const World& w) { return moved(w.own + "/songs.db", w.outside + "/songs.db"); }},
      {"files", "remove it", [](const World& w) { return wanted(unlink(w.bait().c_str())); }},
      {"inherited", "a secret in an open descriptor", found_in_descriptors},
      {"inherited", "a secret in the environment", found_in_environment},
  };
  for (const bool parent : {false, true}) {
    const std::string whose = parent ? "parent" : "victim";
    const auto pid = [parent](const World& w) { return "/proc/" + std::to_string(parent ? w.parent : w.victim_pid); };
    for (const char* name : {"mem", "maps", "environ", "cmdline", "stat", "io", "syscall", "auxv", "pagemap"})
      out.push_back({"/proc", "open " + whose + "'s " + name, [=](const World& w) { return opened(pid(w) + "/" + name); }});
    for (const char* name : {"fd", "task", "map_files"})
      out.push_back({"/proc", "list " + whose + "'s " + name, [=](const World& w) { return listed(pid(w) + "/" + name); }});
    for (const char* name : {"cwd", "exe", "root"})
      out.push_back({"/proc", "follow " + whose + "'s " + name, [=](const World& w) {
                       char text[4096];
                       return wanted(readlink((pid(w) + "/" + name).c_str(), text, sizeof text));
                     }});
  }
  return out;
}

}  // namespace sotto::contest::red_team
