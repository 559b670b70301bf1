// SPDX-License-Identifier: Apache-2.0
// Who composes when. Pure: it has no clock, every call says what time it is, in milliseconds.
//
// Slot s lasts from its start for slot_ms. In it every agent composes once, for an equal share of the processors: at most
// `lanes` agents at one time (one per core), and agent a not before its place in the slot, so that the load is even and
// the first kFillPercent of a slot hold all shares. The rest is slack: whoever was held up still arrives in time.
//
// An agent that has not finished when its slot ends does not hold up the others (paced); it goes on with the slot it owes and
// then catches up, oldest slot first. When the machine cannot keep the pace (too many tries, a machine that slept), the slot
// is prolonged for everybody and slips() counts it. With `lockstep` every slot waits for everybody: slower, and what is seen
// after a slot depends on nothing but the seed.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace sotto::contest {

struct ScheduleOptions {
  uint32_t agents = 1;
  uint32_t lanes = 1;        // agents that compose at the same time
  int64_t slot_ms = 10'000;
  bool lockstep = false;
};

class Schedule {
 public:
  static constexpr int64_t kFillPercent = 80;

  struct Call {
    uint32_t agent = 0, slot = 0;
  };

  explicit Schedule(const ScheduleOptions& options) : options_(options), agents_(options.agents) {}

  // An agent is there (again). next: the first slot it is to be called for. done: slots that it remembers; they are played
  // back at once, without a place in time.
  void join(uint32_t agent, uint32_t next, uint32_t done, int64_t now);
  // The first slot starts now: the oldest that anybody has to be called for. Requires that all have joined or left.
  void begin(int64_t now);

  // Whom to call now, if anybody. The caller then calls.
  std::optional<Call> next(int64_t now);
  // The agent has answered the call. Returns how late: milliseconds beyond the end of the slot it was called for.
  int64_t answered(uint32_t agent, int64_t now);
  void leave(uint32_t agent);  // it is not there for now (restarting) or for good

  // Moves on to the next slot if this one is over; call until it says false. True: slot() - 1 has just ended.
  bool advance(int64_t now);
  // When next() or advance() may have news; at least now.
  int64_t wake_at(int64_t now) const;

  uint32_t slot() const { return slot_; }           // that runs now
  int64_t slot_start() const { return slot_start_; }
  bool playing_back() const;                        // everybody remembers this slot
  uint64_t slips() const { return slips_; }
  // One agent's share of the processors in a slot, in milliseconds.
  int64_t share_ms() const;
  // Called and not answered yet, and since when (for whoever looks after hanging agents).
  std::optional<int64_t> called_at(uint32_t agent) const;
  bool idle() const;                                // nobody is composing
  void close() { closed_ = true; }                  // from now on only slots that are over are called
  bool owes() const;                                // somebody who is there owes a slot that is over

 private:
  struct Agent {
    bool present = false, busy = false;
    uint32_t next = 0, done = 0;  // next: owed; while busy the slot that it works on
    int64_t since = 0;            // busy: called at; idle: idle from
  };

  int64_t offset(uint32_t agent) const;
  bool callable(const Agent& agent, uint32_t number, int64_t now) const;
  bool lane_free(int64_t now) const;
  bool everybody_done() const;
  bool keeping_pace() const;
  int64_t end_of(uint32_t slot) const;

  ScheduleOptions options_;
  std::vector<Agent> agents_;
  uint32_t slot_ = 0;
  int64_t slot_start_ = 0;
  std::deque<int64_t> ends_;      // of the last slots before slot_, newest last
  uint64_t slips_ = 0;
  bool closed_ = false;
};

}  // namespace sotto::contest
