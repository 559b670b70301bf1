// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/swarm.h"

#include <dirent.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "contest/swarm/testing/small_swarm.h"

namespace sotto::contest {
namespace {

using Scores = std::vector<std::vector<uint32_t>>;  // [slot][agent]

class SwarmTest : public testing_swarm::SmallSwarm {
 protected:
  static void play(Swarm& swarm, unsigned slots, Scores& scores) {
    for (unsigned i = 0; i < slots; ++i) {
      ASSERT_TRUE(swarm.play_slot().ok());
      scores.emplace_back();
      for (const Standing& s : swarm.standings()) scores.back().push_back(s.last);
    }
  }
  static Scores run(const SwarmOptions& o, unsigned slots) {
    Scores scores;
    auto swarm = Swarm::start(o);
    EXPECT_TRUE(swarm.ok()) << (swarm.ok() ? "" : swarm.error().message);
    if (swarm.ok()) play(*swarm, slots, scores);
    return scores;
  }

  // Every song of every store.
  static uint64_t stored_songs(const SwarmOptions& o) {
    const auto master = open_master_key(o.folder);
    uint64_t songs = 0;
    for (uint32_t agent = 0; agent < o.agents; ++agent) {
      Assignment a = assignment_of(o, agent, *master);
      a.from_slot = UINT32_MAX;
      const auto mine = Agent::open(a);
      EXPECT_TRUE(mine.ok());
      if (mine.ok()) songs += mine->ready().songs;
    }
    return songs;
  }
};

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    std::getline(stat, text);
    const size_t close = text.rfind(')');
    if (close == std::string::npos || close + 4 >= text.size()) continue;
    if (std::atoi(text.c_str() + close + 4) == parent) out.push_back(pid);
  }
  return out;
}

bool is_running(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return false;
  const size_t close = text.rfind(')');
  return close != std::string::npos && text[close + 2] != 'Z';
}

TEST_F(SwarmTest, SameSeedSameScoresWhateverTheTiming) {
  SwarmOptions slow = options("slow");
  slow.slot_ms = 40;
  const Scores a = run(options("fast"), 10), b = run(slow, 10), c = run(options("other", 2), 10);
  ASSERT_EQ(a.size(), 10u);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

TEST_F(SwarmTest, AgentsDiffer) {
  const Scores a = run(options("one"), 5);
  ASSERT_EQ(a.size(), 5u);
  bool differ = false;
  for (const auto& slot : a) differ |= slot[0] != slot[1];
  EXPECT_TRUE(differ);
}

TEST_F(SwarmTest, ParentHearsScoresOnly) {
  SwarmOptions o = options("heard");
  std::string heard;
  size_t longest = 0;
  o.overhear = [&](uint32_t, ByteSpan message) {
    heard.append(message.begin(), message.end());
    longest = std::max(longest, message.size());
  };
  (void)run(o, 8);
  EXPECT_GT(heard.size(), 0u);
  EXPECT_LE(longest, 21u);  // no room for more than a score and counts
  unsigned songs = 0;
  for (uint32_t agent = 0; agent < o.agents; ++agent) {
    const auto master = open_master_key(o.folder);
    ASSERT_TRUE(master.ok());
    const auto mine = Agent::open(assignment_of(o, agent, *master));
    ASSERT_TRUE(mine.ok()) << mine.error().message;
    EXPECT_EQ(mine->slots_done(), 8u);
    for (uint32_t slot = 0; slot < 8; ++slot) {
      const auto genome = mine->offered_genome(slot);
      ASSERT_TRUE(genome.ok());
      EXPECT_EQ(heard.find(to_source(*genome)), std::string::npos);
      EXPECT_EQ(heard.find(encode(*genome)), std::string::npos);
      ++songs;
    }
  }
  EXPECT_EQ(songs, 24u);
}

TEST_F(SwarmTest, NothingReadableByOthers) {
  umask(022);
  (void)run(options("private"), 2);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root_ + "/private")) {
    const auto mode = entry.status().permissions() & std::filesystem::perms::mask;
    const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
    EXPECT_EQ(mode & others, std::filesystem::perms::none) << entry.path();
  }
}

TEST_F(SwarmTest, OneSwarmPerFolder) {
  auto first = Swarm::start(options("mine"));
  ASSERT_TRUE(first.ok());
  const auto second = Swarm::start(options("mine"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::kEnvironment);
}

TEST_F(SwarmTest, BadSettingsAreErrors) {
  SwarmOptions none = options("none");
  none.agents = 0;
  EXPECT_FALSE(Swarm::start(none).ok());
  SwarmOptions judgeless = options("judgeless");
  judgeless.judge = root_ + "/missing.judge";
  const auto refused = Swarm::start(judgeless);
  ASSERT_FALSE(refused.ok());
  SwarmOptions odd = options("odd");
  odd.slots = 20;
  EXPECT_FALSE(Swarm::start(odd).ok());
  SwarmOptions lost = options("lost");
  lost.executable = root_ + "/missing";
  EXPECT_FALSE(Swarm::start(lost).ok());
}

TEST_F(SwarmTest, ADeadAgentComesBackFromItsStore) {
  const Scores undisturbed = run(options("calm"), 6);
  const SwarmOptions o = options("mortal");
  Scores scores;
  {
    unsigned restarts = 0;
    SwarmHooks hooks;
    hooks.restart = [&](const Standing& s) { restarts += s.alive; };
    auto swarm = Swarm::start(o, hooks);
    ASSERT_TRUE(swarm.ok());
    play(*swarm, 2, scores);
    const auto agents = children_of(getpid());
    ASSERT_EQ(agents.size(), 3u);
    for (const pid_t pid : agents) kill(pid, SIGKILL);
    play(*swarm, 4, scores);
    EXPECT_EQ(restarts, 3u);
    EXPECT_EQ(swarm->unaccounted(), 0u);
    EXPECT_EQ(swarm->songs(), 6u * 3 * 4);
    for (const Standing& s : swarm->standings()) EXPECT_EQ(s.restarts, 1u);
  }
  EXPECT_EQ(scores, undisturbed);
  EXPECT_EQ(stored_songs(o), 6u * 3 * 4);
}

TEST_F(SwarmTest, AnAgentThatHangsIsStartedAgainAndTheOthersGoOn) {
  SwarmOptions o = options("hung");
  o.lockstep = false;
  o.slot_ms = 30;
  o.patience_ms = 400;
  std::string fault;
  std::vector<uint32_t> next(o.agents);
  SwarmHooks hooks;
  hooks.restart = [&](const Standing& s) { fault = s.fault; };
  hooks.offer = [&](const Offer& offer) { EXPECT_EQ(offer.slot, next[offer.agent]++); };
  auto swarm = Swarm::start(o, hooks);
  ASSERT_TRUE(swarm.ok());
  ASSERT_TRUE(swarm->play_slot().ok());
  kill(swarm->pids()[1], SIGSTOP);
  uint32_t during = 0;
  for (unsigned slot = 0; slot < 400 && fault.empty(); ++slot, during = next[0]) ASSERT_TRUE(swarm->play_slot().ok());
  EXPECT_NE(fault.find("no answer"), std::string::npos) << fault;
  EXPECT_GT(during, next[1]);  // the first went on while the second hung
  for (unsigned slot = 0; slot < 400 && next[1] < during; ++slot) ASSERT_TRUE(swarm->play_slot().ok());
  EXPECT_GE(next[1], during);  // and it has caught up
  EXPECT_EQ(swarm->unaccounted(), 0u);
}

TEST(RestartBudget, IsBoundedAndSlowsDownAndComesBack) {
  RestartBudget budget;
  std::vector<int64_t> delays;
  while (const auto delay = budget.died()) delays.push_back(*delay);
  EXPECT_EQ(delays, (std::vector<int64_t>{100, 400, 1600, 6400, 25600}));
  for (unsigned i = 0; i < RestartBudget::kSlotsPerCredit; ++i) budget.slot_done();
  EXPECT_TRUE(budget.died().has_value());
  EXPECT_FALSE(budget.died().has_value());
}

TEST_F(SwarmTest, ASharedProcessorGivesEveryAgentSongsAndResumesFromWhatWasStored) {
  SwarmOptions o = options("shares");
  o.tries = 1000;
  o.cpu_share = true;
  o.slot_ms = 40;
  uint64_t judged = 0;
  std::vector<uint32_t> next(o.agents);
  {
    SwarmHooks hooks;
    hooks.offer = [&](const Offer& offer) { judged += offer.judged, ++next[offer.agent]; };
    auto swarm = Swarm::start(o, hooks);
    ASSERT_TRUE(swarm.ok());
    for (unsigned slot = 0; slot < 5; ++slot) ASSERT_TRUE(swarm->play_slot().ok());
    for (const Standing& s : swarm->standings()) EXPECT_GE(s.songs, 5u);
  }
  EXPECT_EQ(stored_songs(o), judged);
  o.told = next;  // accounted for: they are not told again
  uint64_t again = 0;
  SwarmHooks hooks;
  hooks.offer = [&](const Offer& offer) {
    again += offer.judged;
    EXPECT_EQ(offer.slot, next[offer.agent]++);
  };
  auto swarm = Swarm::start(o, hooks);
  ASSERT_TRUE(swarm.ok());
  EXPECT_EQ(swarm->songs(), judged);
  ASSERT_TRUE(swarm->play_slot().ok());
  EXPECT_EQ(swarm->songs(), judged + again);
}

// Runs a swarm in a process of its own and kills that process; returns the agents it had.
std::vector<pid_t> run_and_kill(const SwarmOptions& o, useconds_t after) {
  int ready[2];
  EXPECT_EQ(pipe(ready), 0);
  const pid_t parent = fork();
  if (parent == 0) {
    auto swarm = Swarm::start(o);
    const char yes = 'y';
    if (!swarm.ok() || write(ready[1], &yes, 1) != 1) _exit(1);
    while (swarm->play_slot().ok()) {
    }
    _exit(1);
  }
  close(ready[1]);
  char yes = 0;
  EXPECT_EQ(read(ready[0], &yes, 1), 1);
  close(ready[0]);
  usleep(after);
  const auto agents = children_of(parent);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  return agents;
}

TEST_F(SwarmTest, AKilledParentLeavesNoChildren) {
  const auto agents = run_and_kill(options("killed"), 30000);
  EXPECT_EQ(agents.size(), 3u);
  bool any = true;
  for (unsigned waited = 0; any && waited < 200; ++waited) {
    usleep(10000);
    any = false;
    for (const pid_t pid : agents) any |= is_running(pid);
  }
  EXPECT_FALSE(any);
}

TEST_F(SwarmTest, ResumesAfterKillAsIfNothingHadHappened) {
  const Scores whole = run(options("whole"), 12);
  for (unsigned round = 0; round < 4; ++round) (void)run_and_kill(options("torn"), 5000 + 7000 * round);
  const Scores torn = run(options("torn"), 12);
  EXPECT_EQ(whole, torn);
}

TEST_F(SwarmTest, TheWinnerIsTheHighestOfTheSlot) {
  auto swarm = Swarm::start(options("won"));
  ASSERT_TRUE(swarm.ok());
  ASSERT_TRUE(swarm->play_slot().ok());
  uint32_t best = 0;
  for (const Standing& s : swarm->standings()) best = std::max(best, s.last);
  EXPECT_FALSE(swarm->winner(best + 1).has_value());
  const auto winner = swarm->winner(best);
  ASSERT_TRUE(winner.has_value());
  EXPECT_EQ(swarm->standings()[*winner].last, best);
  EXPECT_EQ(swarm->songs(), 12u);
}

}  // namespace
}  // namespace sotto::contest

int main(int argc, char** argv) { return sotto::contest::testing_swarm::run_tests(argc, argv); }
