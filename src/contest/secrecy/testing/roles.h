// SPDX-License-Identifier: Apache-2.0
// For tests: what an agent process does in its role, after it was locked up as every agent is.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/parallel.h"
#include "contest/secrecy/confine.h"
#include "contest/secrecy/spawn.h"
#include "contest/secrecy/store.h"
#include "contest/secrecy/testing/attacks_on_files.h"
#include "contest/secrecy/testing/attacks_on_processes.h"

namespace sotto::contest::red_team {

inline constexpr uint64_t kMaxFile = uint64_t{1} << 20, kMaxMemory = uint64_t{1} << 29;
inline constexpr unsigned kMaxOpen = 64;

// ---- what agents and parent of this test say to each other: lines of text

inline Bytes pack(const std::vector<std::string>& lines) {
  Bytes out;
  for (const std::string& line : lines) {
    out.insert(out.end(), line.begin(), line.end());
    out.push_back('\n');
  }
  return out;
}

inline std::vector<std::string> unpack(const Bytes& bytes) {
  std::vector<std::string> lines(1);
  for (const uint8_t byte : bytes) {
    if (byte == '\n') lines.emplace_back();
    else lines.back().push_back(static_cast<char>(byte));
  }
  lines.pop_back();
  return lines;
}

inline std::vector<std::string> lines_of(const World& w) {
  return {w.state, w.own, w.victim, w.outside, w.canary, std::to_string(w.parent), std::to_string(w.victim_pid), std::to_string(w.tcp_port),
          std::to_string(w.memory_key), w.socket_path, w.socket_name, w.queue, w.shared};
}

inline World world_of(const std::vector<std::string>& l) {
  const auto number = [&](size_t i) { return std::stoi(l[i]); };
  return {l[0], l[1], l[2], l[3], l[4], number(5), number(6), number(7), number(8), l[9], l[10], l[11], l[12], kAgentFd, true};
}

inline Attacks all_attacks() {
  Attacks all = attacks_on_files();
  for (Attacks more : {attacks_on_one("victim", [](const World& w) { return w.victim_pid; }),
                       attacks_on_one("parent", [](const World& w) { return w.parent; }), attacks_through_channels(), attacks_on_the_kernel()})
    for (Attempt& attack : more) all.push_back(std::move(attack));
  return all;
}

// ---- inside an agent process

inline SecretKey key_of(uint8_t which) {
  Bytes32 bytes{};
  bytes.fill(which);
  return SecretKey::take(bytes);
}

inline StoredSlot song_of(uint32_t slot, const std::string& answer) {
  Rng rng(7, 0, slot, 0);
  return {slot, {{random_genome(rng), 5, 5, {slot + 1, false, 1, 2}}}, {answer}};
}

// As the agents of the swarm do it (swarm/agent_process.cpp).
inline Status lock_up(const World& w) {
  SOTTO_TRY_STATUS(keep_to_itself());
  SOTTO_TRY_STATUS(Store::prepare(w.own));
  Confinement lock;
  lock.folder = w.own;
  lock.channel = kAgentFd;
  lock.isolation = Isolation::kRequireAll;
  lock.max_file_bytes = kMaxFile;
  lock.max_memory_bytes = kMaxMemory;
  lock.max_open_files = kMaxOpen;
  SOTTO_TRY_STATUS(confine_agent(lock));
  return ok_status();
}

inline void tell(const Channel& channel, const std::string& name, bool good, const std::string& how) {
  (void)channel.send(pack({name, good ? "1" : "0", how})).ok();
}

// What an agent needs must work, or the rest proves nothing.
inline void do_honest_work(const Channel& channel, Store& store) {
  tell(channel, "write to the own store", store.add(song_of(store.slots(), "answer")).ok() && store.load().ok(), "");
  std::atomic<unsigned> ran = 0;
  parallel_for(64, [&](size_t begin, size_t end, unsigned) { ran += static_cast<unsigned>(end - begin); });
  std::thread([&] { ++ran; }).join();
  tell(channel, "threads", ran == 65, "");
  const auto before = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  tell(channel, "clock", std::chrono::steady_clock::now() - before >= std::chrono::milliseconds(2), "");
  std::vector<uint8_t> memory(64 << 20, 1);
  tell(channel, "64 MiB of memory", memory[memory.size() / 2] == 1, "");
  tell(channel, "peak memory", peak_memory_kib() > 64 << 10, "");
}

inline Outcome file_outgrown(const World& w) {
  const Handle file{open((w.own + "/songs.db").c_str(), O_RDWR | O_CLOEXEC)};
  return wanted(pwrite(static_cast<int>(file.fd), "x", 1, static_cast<off_t>(kMaxFile)));
}
inline Outcome descriptors_outgrown(const World& w) {
  std::vector<int> files;
  while (files.size() <= kMaxOpen && (files.empty() || files.back() >= 0)) files.push_back(open((w.own + "/songs.db").c_str(), O_RDONLY));
  const Outcome outcome = wanted(files.back());
  for (const int fd : files) close(fd);
  return outcome;
}
[[maybe_unused]] inline Outcome memory_outgrown(const World&) {
  void* p = mmap(nullptr, 2 * kMaxMemory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return wanted(p == MAP_FAILED ? -1 : 0);
}

inline void be_hostile(const Channel& channel, const World& w) {
  for (const Attempt& attack : all_attacks()) {
    const Outcome outcome = attack.attempt(w);
    tell(channel, attack.name, outcome.succeeded, outcome.how);
  }
}

inline void exhaust(const Channel& channel, const World& w) {
  const std::pair<const char*, Outcome (*)(const World&)> attempts[] = {
      {"a file beyond its bound", file_outgrown}, {"more descriptors than allowed", descriptors_outgrown},
#if !defined(__SANITIZE_ADDRESS__)  // there is no bound in their builds
      {"more memory than allowed", memory_outgrown},
#endif
  };
  for (const auto& [name, attempt] : attempts) {
    const Outcome outcome = attempt(w);
    tell(channel, name, outcome.succeeded, outcome.how);
  }
}

// Wrong in every way that a message can be wrong; more than the parent's buffers hold.
inline void babble(const Channel& channel) {
  Rng rng(1, 2, 3, 4);
  for (unsigned i = 0; i < 500; ++i) {
    Bytes junk(rng.between(1, 400));  // an empty message means that the agent has gone: it ends only itself with it
    for (uint8_t& byte : junk) byte = static_cast<uint8_t>(rng.below(256));
    junk[0] = static_cast<uint8_t>(i % 12);
    (void)!::send(channel.fd(), junk.data(), junk.size(), MSG_NOSIGNAL);
  }
  const Bytes long_one(kMaxMessage + 5000, 1);
  (void)!::send(channel.fd(), long_one.data(), long_one.size(), MSG_NOSIGNAL);
}

[[noreturn]] inline void call_as_another_architecture() {
#if defined(__x86_64__)
  asm volatile("int $0x80" : : "a"(20) : "memory");  // getpid of 32-bit programs
#endif
  _exit(9);
}

inline int play_agent() {
  const Channel channel(kAgentFd);
  const auto order = channel.receive();
  if (!order || !*order) return 1;
  const std::vector<std::string> lines = unpack(**order);
  const std::string role = lines[0];
  const World w = world_of({lines.begin() + 1, lines.end()});
  if (!lock_up(w).ok()) return 2;
  const bool victim = role == "victim";
  auto store = Store::open(w.own, {1, 0, 32, 1, {}}, key_of(victim ? 1 : 2));
  if (!store.ok()) return 3;
  if (victim && !store->add(song_of(0, w.canary + " in the victim's store")).ok()) return 4;
  if (role == "honest") do_honest_work(channel, *store);
  if (role == "hostile") be_hostile(channel, w);
  if (role == "greedy") exhaust(channel, w);
  if (role == "babbling") babble(channel);
  if (role == "dying") abort();
  if (role == "foreign") call_as_another_architecture();
  (void)channel.send(pack({"end"})).ok();
  while (role == "deaf") pause();
  while (true) {
    const auto more = channel.receive();
    if (!more || !*more) return 0;
  }
}

}  // namespace sotto::contest::red_team
