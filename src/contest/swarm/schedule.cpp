// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/schedule.h"

#include <algorithm>

namespace sotto::contest {
namespace {

// A lane that an agent has held for so many shares is counted as free: one that hangs must not take a core from the rest.
constexpr int64_t kSharesPerLane = 4, kLeastHoldMs = 1000;
constexpr size_t kEnds = 64;
constexpr int64_t kFarMs = 60'000;

}  // namespace

void Schedule::join(uint32_t agent, uint32_t next, uint32_t done, int64_t now) {
  agents_[agent] = {true, false, next, done, now};
}

void Schedule::leave(uint32_t agent) { agents_[agent].present = agents_[agent].busy = false; }

void Schedule::begin(int64_t now) {
  slot_ = UINT32_MAX;
  for (const Agent& a : agents_)
    if (a.present) slot_ = std::min(slot_, a.next);
  if (slot_ == UINT32_MAX) slot_ = 0;
  slot_start_ = now;
  ends_.clear();
}

int64_t Schedule::share_ms() const {
  const int64_t all = options_.slot_ms * kFillPercent / 100;
  const int64_t lanes = std::min(options_.lanes, options_.agents);
  return std::max<int64_t>(1, all * lanes / options_.agents);
}

int64_t Schedule::offset(uint32_t agent) const {
  return options_.slot_ms * kFillPercent / 100 * agent / options_.agents;
}

bool Schedule::callable(const Agent& agent, uint32_t number, int64_t now) const {
  if (!agent.present || agent.busy || agent.next > slot_) return false;
  if (agent.next < slot_) return true;
  return !closed_ && (agent.next < agent.done || now >= slot_start_ + offset(number));
}

bool Schedule::lane_free(int64_t now) const {
  const int64_t hold = std::max(kLeastHoldMs, kSharesPerLane * share_ms());
  const auto taken =
      std::count_if(agents_.begin(), agents_.end(), [&](const Agent& a) { return a.busy && now - a.since < hold; });
  return taken < static_cast<int64_t>(options_.lanes);
}

// The oldest slot first, in it the agents in the order of their places.
std::optional<Schedule::Call> Schedule::next(int64_t now) {
  if (!lane_free(now)) return {};
  Agent* chosen = nullptr;
  for (uint32_t number = 0; number < agents_.size(); ++number) {
    Agent& a = agents_[number];
    if (callable(a, number, now) && (!chosen || a.next < chosen->next)) chosen = &a;
  }
  if (!chosen) return {};
  chosen->busy = true;
  chosen->since = now;
  return Call{static_cast<uint32_t>(chosen - agents_.data()), chosen->next};
}

int64_t Schedule::end_of(uint32_t slot) const {
  if (slot >= slot_) return slot_start_ + options_.slot_ms;
  const size_t back = slot_ - slot;  // 1: the slot before this one
  if (ends_.empty()) return slot_start_;
  return ends_[ends_.size() - std::min(back, ends_.size())];
}

int64_t Schedule::answered(uint32_t agent, int64_t now) {
  Agent& a = agents_[agent];
  if (!a.busy) return 0;
  const int64_t late = a.next < a.done ? 0 : std::max<int64_t>(0, now - end_of(a.next));
  a.busy = false;
  a.since = now;
  ++a.next;
  return late;
}

bool Schedule::playing_back() const {
  bool any = false;
  for (const Agent& a : agents_) {
    if (a.present && a.done <= slot_) return false;
    any |= a.present;
  }
  return any;
}

bool Schedule::everybody_done() const {
  return std::all_of(agents_.begin(), agents_.end(), [&](const Agent& a) { return !a.present || a.next > slot_; });
}

// At least half of those who are there have been called for this slot. A few that lag hold up nobody; when it is the machine
// that lags, all of them wait for a slot that is long enough.
bool Schedule::keeping_pace() const {
  int64_t present = 0, called = 0;
  for (const Agent& a : agents_) {
    if (!a.present) continue;
    ++present;
    called += a.next > slot_ || (a.next == slot_ && a.busy);
  }
  return present > 0 && 2 * called >= present;
}

bool Schedule::advance(int64_t now) {
  const bool replay = playing_back();
  const int64_t end = replay ? now : slot_start_ + options_.slot_ms;
  if (now < end) return false;
  if ((replay || options_.lockstep) ? !everybody_done() : !keeping_pace()) return false;
  // A wait of up to half a slot is made up for by the slack of the next slots; beyond that the time is lost.
  const bool slip = !replay && now - end > options_.slot_ms / 2;
  slips_ += slip && !options_.lockstep;
  slot_start_ = replay || slip || options_.lockstep ? now : end;
  ends_.push_back(slot_start_);
  if (ends_.size() > kEnds) ends_.pop_front();
  ++slot_;
  return true;
}

int64_t Schedule::wake_at(int64_t now) const {
  int64_t at = now + kFarMs;
  const int64_t end = slot_start_ + options_.slot_ms;
  if (end > now) at = std::min(at, end);
  const bool lane = lane_free(now);
  for (uint32_t number = 0; number < agents_.size(); ++number) {
    const Agent& a = agents_[number];
    if (!a.present) continue;
    if (a.busy) {
      if (lane) continue;
      const int64_t freed = a.since + std::max(kLeastHoldMs, kSharesPerLane * share_ms());
      if (freed > now) at = std::min(at, freed);
    } else if (lane && callable(a, number, now)) {
      return now;
    } else if (lane && a.next == slot_ && !closed_) {
      at = std::min(at, slot_start_ + offset(number));
    }
  }
  return at;
}

bool Schedule::owes() const {
  return std::any_of(agents_.begin(), agents_.end(), [&](const Agent& a) { return a.present && a.next < slot_; });
}

std::optional<int64_t> Schedule::called_at(uint32_t agent) const {
  const Agent& a = agents_[agent];
  return a.present && a.busy ? std::optional(a.since) : std::nullopt;
}

bool Schedule::idle() const {
  return std::none_of(agents_.begin(), agents_.end(), [](const Agent& a) { return a.busy; });
}

}  // namespace sotto::contest
