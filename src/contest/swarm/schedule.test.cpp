// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace sotto::contest {
namespace {

Schedule begun(const ScheduleOptions& options, int64_t now = 0) {
  Schedule schedule(options);
  for (uint32_t a = 0; a < options.agents; ++a) schedule.join(a, 0, 0, now);
  schedule.begin(now);
  return schedule;
}

struct Heard {
  uint32_t agent, slot;
  int64_t called, late;
};

// Plays on a clock that jumps from event to event; work(call) is how long an agent takes, in ms.
template <class Work>
std::vector<Heard> simulate(Schedule& schedule, int64_t from, int64_t until, const Work& work) {
  std::vector<Heard> out;
  std::map<uint32_t, std::pair<int64_t, Heard>> working;  // agent -> when it answers
  int64_t now = from;
  while (now < until) {
    for (auto it = working.begin(); it != working.end();) {
      if (it->second.first > now) {
        ++it;
        continue;
      }
      it->second.second.late = schedule.answered(it->first, now);
      out.push_back(it->second.second);
      it = working.erase(it);
    }
    while (schedule.advance(now)) {
    }
    while (const auto call = schedule.next(now))
      working[call->agent] = {now + work(*call), {call->agent, call->slot, now, 0}};
    int64_t then = schedule.wake_at(now);
    for (const auto& [agent, job] : working) then = std::min(then, job.first);
    now = std::max(now + 1, then);
  }
  return out;
}

TEST(Schedule, EveryAgentOncePerSlotAndInTime) {
  Schedule schedule = begun({64, 2, 10'000, false});
  EXPECT_EQ(schedule.share_ms(), 250);
  const auto heard = simulate(schedule, 0, 100'000, [&](const auto&) { return schedule.share_ms(); });
  EXPECT_EQ(heard.size(), 640u);
  std::map<uint32_t, uint32_t> next;
  for (const Heard& h : heard) {
    EXPECT_EQ(h.slot, next[h.agent]++) << h.agent;
    EXPECT_EQ(h.late, 0) << h.agent << " in " << h.slot;
  }
  EXPECT_EQ(schedule.slips(), 0u);
}

TEST(Schedule, TheLoadIsEvenAndNeverAboveTheLanes) {
  Schedule schedule = begun({64, 2, 10'000, false});
  const auto heard = simulate(schedule, 0, 10'000, [](const auto&) { return 240; });
  ASSERT_EQ(heard.size(), 64u);
  for (unsigned second = 0; second < 8; ++second) {
    const auto starts = std::count_if(heard.begin(), heard.end(),
                                      [&](const Heard& h) { return h.called / 1000 == second; });
    EXPECT_NEAR(static_cast<double>(starts), 8, 1) << second;
  }
  for (const Heard& h : heard) {
    const auto at_once = std::count_if(
        heard.begin(), heard.end(), [&](const Heard& o) { return o.called <= h.called && h.called < o.called + 240; });
    EXPECT_LE(at_once, 2);
  }
}

TEST(Schedule, AnAgentThatHangsHoldsUpNobody) {
  Schedule schedule = begun({8, 2, 1000, false});
  const auto heard =
      simulate(schedule, 0, 20'000, [](const Schedule::Call& c) { return c.agent == 3 && c.slot == 1 ? 9'000 : 90; });
  std::map<uint32_t, std::vector<Heard>> by_agent;
  for (const Heard& h : heard) by_agent[h.agent].push_back(h);
  for (uint32_t agent = 0; agent < 8; ++agent) {
    EXPECT_EQ(by_agent[agent].size(), 20u) << agent;  // the one that hung has caught up
    if (agent == 3) continue;
    for (const Heard& h : by_agent[agent]) EXPECT_EQ(h.late, 0) << agent << " " << h.slot;
  }
  EXPECT_NEAR(static_cast<double>(by_agent[3][1].late), 9000 + 1300 - 2000, 10);
  EXPECT_EQ(by_agent[3].back().late, 0);
  EXPECT_EQ(schedule.slips(), 0u);
}

TEST(Schedule, TooMuchWorkMakesSlotsLongerForEverybody) {
  Schedule schedule = begun({8, 2, 1000, false});
  const auto heard = simulate(schedule, 0, 60'000, [](const auto&) { return 750; });  // 3 s of work in a slot of one
  std::vector<uint32_t> slots(8);
  for (const Heard& h : heard) slots[h.agent] = h.slot + 1;
  const auto [least, most] = std::minmax_element(slots.begin(), slots.end());
  EXPECT_LE(*most - *least, 1u);
  EXPECT_NEAR(static_cast<double>(*most), 20, 2);
  EXPECT_NEAR(static_cast<double>(schedule.slot()), 20, 2);
  EXPECT_GT(schedule.slips(), 5u);
}

TEST(Schedule, AMachineThatSleptDoesNotPlayWhatItMissed) {
  Schedule schedule = begun({4, 1, 1000, false});
  (void)simulate(schedule, 0, 3'500, [](const auto&) { return 10; });
  const uint32_t before = schedule.slot();
  (void)simulate(schedule, 3'600'000, 3'602'000, [](const auto&) { return 10; });
  EXPECT_LE(schedule.slot(), before + 4);
  EXPECT_GE(schedule.slips(), 1u);
}

TEST(Schedule, LockstepWaitsForEverybody) {
  Schedule schedule = begun({3, 2, 1000, true});
  for (int i = 0; i < 3; ++i) ASSERT_EQ(schedule.next(900)->slot, 0u) << i;
}

TEST(Schedule, LockstepEndsWithTheLast) {
  Schedule schedule = begun({3, 3, 1000, true});
  for (uint32_t a = 0; a < 3; ++a) ASSERT_EQ(schedule.next(900)->agent, a);
  for (uint32_t a = 0; a < 2; ++a) (void)schedule.answered(a, 950);
  EXPECT_FALSE(schedule.advance(5000));
  EXPECT_EQ(schedule.answered(2, 6000), 5000);
  EXPECT_TRUE(schedule.advance(6000));
  EXPECT_FALSE(schedule.advance(6999));
  EXPECT_EQ(schedule.slot_start(), 6000);
  EXPECT_EQ(schedule.slips(), 0u);
}

TEST(Schedule, WhatIsRememberedTakesNoTime) {
  Schedule schedule({2, 2, 10'000, false});
  schedule.join(0, 0, 5, 0);
  schedule.join(1, 0, 4, 0);
  schedule.begin(0);
  EXPECT_TRUE(schedule.playing_back());
  const auto heard = simulate(schedule, 0, 100, [](const auto&) { return 1; });
  EXPECT_EQ(schedule.slot(), 4u);      // the first that somebody has not played
  EXPECT_FALSE(schedule.playing_back());
  ASSERT_EQ(heard.size(), 9u);  // agent 0 has told all five at once; agent 1 plays its fifth when its place comes
  for (const Heard& h : heard) EXPECT_EQ(h.late, 0);
}

TEST(Schedule, WhoLeavesIsNotWaitedForAndCatchesUp) {
  Schedule schedule = begun({4, 2, 1000, false});
  (void)simulate(schedule, 0, 900, [](const auto&) { return 10; });
  schedule.leave(1);
  const auto without = simulate(schedule, 900, 5'500, [](const auto&) { return 10; });
  EXPECT_TRUE(std::none_of(without.begin(), without.end(), [](const Heard& h) { return h.agent == 1; }));
  EXPECT_EQ(schedule.slot(), 5u);
  schedule.join(1, 1, 1, 5'500);
  const auto with = simulate(schedule, 5'500, 8'000, [](const auto&) { return 10; });
  const auto mine = std::count_if(with.begin(), with.end(), [](const Heard& h) { return h.agent == 1; });
  EXPECT_EQ(mine, 7);  // slots 1 to 7
  EXPECT_EQ(schedule.slips(), 0u);
}

TEST(Schedule, WhenItClosesOnlyWhatIsOwedIsPlayed) {
  Schedule schedule = begun({4, 1, 1000, false});
  (void)simulate(schedule, 0, 500, [](const Schedule::Call&) { return 400; });
  ASSERT_FALSE(schedule.idle());
  (void)schedule.answered(1, 1000);
  (void)schedule.answered(0, 1000);
  ASSERT_TRUE(schedule.advance(1000));
  schedule.close();
  EXPECT_TRUE(schedule.owes());
  const auto rest = simulate(schedule, 1000, 1900, [](const auto&) { return 10; });
  EXPECT_TRUE(std::all_of(rest.begin(), rest.end(), [](const Heard& h) { return h.slot == 0; }));
  EXPECT_FALSE(schedule.owes());
}

TEST(Schedule, NobodyThereMeansNoTimePasses) {
  Schedule schedule = begun({1, 1, 100, false});
  schedule.leave(0);
  EXPECT_FALSE(schedule.advance(1000));
  EXPECT_FALSE(schedule.next(1000).has_value());
  EXPECT_FALSE(schedule.called_at(0).has_value());
}

}  // namespace
}  // namespace sotto::contest
