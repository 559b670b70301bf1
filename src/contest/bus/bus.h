// SPDX-License-Identifier: Apache-2.0
// What the machines of a team say to each other, and the little they tell their rivals. Two implementations with the same
// behaviour (bus.test.cpp runs one suite against both): inproc.h needs nothing, nats.h speaks to a NATS server.
//
// A bus belongs to one team. Nothing on it reaches another team, with one exception: what team A publishes below `public.`
// is heard by the others below `from.A.public.`; nobody can speak for A. The bus is transport: the truth is in the SQLite
// files of each node. No message on it has room for a song.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sotto::contest {

struct BusMessage {
  std::string subject;
  Bytes data;
  std::string reply;  // where an answer goes; empty: none is wanted
};

// Messages wait here, in the order they were sent, until they are taken; at most kMaxBacklog, later ones are dropped.
class Subscription {
 public:
  virtual ~Subscription() = default;
  // The next message; nothing when none comes in time.
  virtual Result<std::optional<BusMessage>> next(std::chrono::milliseconds wait) = 0;
};

struct Job {
  Bytes data;
  std::shared_ptr<void> ticket;  // what ack() needs
};

struct KvEntry {
  Bytes value;
  uint64_t revision = 0;  // grows with every change; never 0
};

// All calls may come from any thread. Subjects, job ids and keys are words of A-Z a-z 0-9 _ - joined by dots, the name of a
// queue is one word. Subjects begin with `team.` or `public.`; patterns of subscribe() begin with `team.`, `public.` or
// `from.` and may hold * for one word, and > for one or more at the end.
class Bus {
 public:
  static constexpr size_t kMaxPayload = 64 * 1024;
  static constexpr size_t kMaxBacklog = 65'536;

  virtual ~Bus() = default;
  virtual const std::string& team() const = 0;

  virtual Status publish(const std::string& subject, ByteSpan data) = 0;
  virtual Result<std::unique_ptr<Subscription>> subscribe(const std::string& pattern) = 0;
  // Sends a question and waits for one answer. An error when nobody listens or nobody answers in time.
  virtual Result<Bytes> request(const std::string& subject, ByteSpan data, std::chrono::milliseconds wait) = 0;
  virtual Status respond(const BusMessage& question, ByteSpan data) = 0;

  // A work queue: each job goes to one puller, and to another one when it is not acknowledged within the bus's ack wait.
  // False: a job with this id was pushed within the last hour, and nothing happened.
  virtual Result<bool> push(const std::string& queue, const std::string& id, ByteSpan data) = 0;
  virtual Result<std::optional<Job>> pull(const std::string& queue, std::chrono::milliseconds wait) = 0;
  virtual Status ack(const Job& job) = 0;

  // A key-value store of the team. Nothing: no such key.
  virtual Result<std::optional<KvEntry>> get(const std::string& key) = 0;
  virtual Result<uint64_t> put(const std::string& key, ByteSpan value) = 0;
  // Writes only when the key's revision is still `expected` (0: no such key) and gives the new revision; nothing when
  // somebody else was faster.
  virtual Result<std::optional<uint64_t>> compare_and_set(const std::string& key, ByteSpan value, uint64_t expected) = 0;
};

}  // namespace sotto::contest
