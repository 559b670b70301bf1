// SPDX-License-Identifier: Apache-2.0
// Whole runs: what is told, what is stored, and what a kill -9 changes about either (nothing).
#include "contest/swarm/campaign.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "contest/swarm/testing/small_swarm.h"

namespace sotto::contest {
namespace {

using Json = nlohmann::json;

// A formula that no search of these seeds invents, in an answer as models give it.
std::string answer_for(uint32_t agent, uint64_t id) {
  const std::string k = std::to_string(4000 + 31 * id + agent);
  const auto child = [](const std::string& f) { return R"({"op":"fresh","parents":[],"f":")" + f + R"("})"; };
  return R"({"children":[)" + child("t*(t>>5&" + k + ")") + "," + child("t*3&t>>" + std::to_string(id % 9 + 2)) + "]}";
}

class CampaignTest : public testing_swarm::SmallSwarm {
 protected:
  CampaignOptions campaign(const std::string& name, uint32_t slots, bool lockstep) const {
    CampaignOptions c;
    c.swarm = options(name);
    c.swarm.lockstep = lockstep;
    c.swarm.slot_ms = 20;
    c.max_slots = slots;
    return c;
  }
  // Songs, or songs and slots, as they stand in the log, without what depends on time.
  static std::vector<std::string> told(const SwarmOptions& o, bool slots) {
    std::ifstream in(o.folder + "/events.jsonl");
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) {
      Json event = Json::parse(line);
      if (event["event"] != "song" && !(slots && event["event"] == "slot")) continue;
      for (const char* key : {"seq", "at", "late_ms"}) event.erase(key);
      out.push_back(event.dump());
    }
    if (!slots) std::sort(out.begin(), out.end());  // a song that was late may stand one slot later
    return out;
  }
  // Runs it in a process of its own, and kills that after a while.
  static void run_and_kill(const std::function<CampaignOptions()>& make, unsigned after_ms) {
    const pid_t parent = fork();
    if (parent == 0) {
      (void)run_campaign(make()).ok();
      _exit(0);
    }
    usleep(after_ms * 1000);
    kill(parent, SIGKILL);
    waitpid(parent, nullptr, 0);
    usleep(20'000);  // its agents end with it
  }
  static CampaignResult run_to_end(CampaignOptions c) {
    // The agents of a killed run may hold its folder's stores for a moment longer.
    auto result = run_campaign(std::move(c));
    EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
    return result.ok() ? std::move(*result) : CampaignResult{};
  }
};

TEST_F(CampaignTest, KilledAndResumedItTellsAndStoresTheSame) {
  for (const bool lockstep : {true, false}) {
    const std::string whole = lockstep ? "whole-lockstep" : "whole", torn = lockstep ? "torn-lockstep" : "torn";
    (void)run_to_end(campaign(whole, 12, lockstep));
    for (const unsigned after : {60u, 150u, 230u}) run_and_kill([&] { return campaign(torn, 12, lockstep); }, after);
    const CampaignResult end = run_to_end(campaign(torn, 12, lockstep));
    EXPECT_EQ(end.summary.songs, 12u * 3 * 4);
    EXPECT_EQ(end.summary.unaccounted, 0u);
    const auto a = told(options(whole), lockstep), b = told(options(torn), lockstep);
    EXPECT_EQ(a.size(), 12u * 3 + (lockstep ? 12 : 0));
    EXPECT_EQ(a, b);
    EXPECT_TRUE(stored(options(whole)) == stored(options(torn)));
  }
}

TEST_F(CampaignTest, TheSongsThatAreToldAreTheSongsThatAreStored) {
  CampaignOptions c = campaign("shares", 5, false);
  c.swarm.cpu_share = true;
  c.swarm.tries = 1000;
  const SwarmOptions o = c.swarm;
  const CampaignResult end = run_to_end(std::move(c));
  uint64_t judged = 0;
  for (const std::string& line : told(o, false)) judged += Json::parse(line)["judged"].get<uint64_t>();
  EXPECT_EQ(judged, end.summary.songs);
  const std::string all = stored(o);
  EXPECT_EQ(static_cast<uint64_t>(std::count(all.begin(), all.end(), '\n')), judged + 15);  // and a line for each slot
}

TEST_F(CampaignTest, NoSongIsInTheEvents) {
  CampaignOptions c = campaign("secret", 6, true);
  const SwarmOptions o = c.swarm;
  (void)run_to_end(std::move(c));
  std::ifstream in(o.folder + "/events.jsonl");
  const std::string events{std::istreambuf_iterator<char>(in), {}};
  const auto master = open_master_key(o.folder);
  unsigned songs = 0;
  for (uint32_t agent = 0; agent < o.agents; ++agent) {
    const auto mine = Agent::open(assignment_of(o, agent, *master));
    ASSERT_TRUE(mine.ok());
    for (uint32_t slot = 0; slot < 6; ++slot, ++songs) {
      EXPECT_EQ(events.find(to_source(*mine->offered_genome(slot))), std::string::npos);
      EXPECT_EQ(events.find(encode(*mine->offered_genome(slot))), std::string::npos);
    }
  }
  EXPECT_EQ(songs, 18u);
}

TEST_F(CampaignTest, EndsByTargetAndByTime) {
  CampaignOptions easy = campaign("easy", 0, true);
  easy.target = 1;
  const CampaignResult reached = run_to_end(std::move(easy));
  EXPECT_EQ(reached.end, CampaignEnd::kReached);
  ASSERT_TRUE(reached.winner.has_value());
  EXPECT_GE(reached.score, 1u);
  CampaignOptions timed = campaign("timed", 0, false);
  timed.seconds = 1;
  EXPECT_EQ(run_to_end(std::move(timed)).end, CampaignEnd::kTime);
}

// ---- the language model, played by the parent

class ModelTest : public CampaignTest {
 protected:
  // Plays until so many slots are over; every prompt is answered at once.
  void play(const SwarmOptions& o, uint32_t slots, unsigned* asks = nullptr, std::vector<AgentYield>* yields = nullptr) const {
    std::optional<Swarm> swarm;
    SwarmHooks hooks;
    std::vector<std::pair<uint32_t, AgentAsk>> early;
    hooks.ask = [&](uint32_t agent, AgentAsk&& ask) {
      if (asks) ++*asks;
      if (!swarm) return early.emplace_back(agent, std::move(ask)), void();
      swarm->answer(agent, {ask.id, true, answer_for(agent, ask.id)});
    };
    auto started = Swarm::start(o, hooks);
    ASSERT_TRUE(started.ok()) << started.error().message;
    swarm.emplace(std::move(*started));
    for (const auto& [agent, ask] : early) swarm->answer(agent, {ask.id, true, answer_for(agent, ask.id)});
    while (swarm->slots_played() < slots) ASSERT_TRUE(swarm->play_slot().ok());
    if (!yields) return;
    for (const Standing& s : swarm->standings()) yields->push_back(s.yield);
  }
  SwarmOptions with_model(const std::string& name) const {
    SwarmOptions o = options(name);
    o.tries = 12;
    o.llm_children = 4;
    return o;
  }
};

TEST_F(ModelTest, AnswersAreTakenInStoredAndOutliveAKill) {
  unsigned asks = 0;
  std::vector<AgentYield> yields, again;
  play(with_model("whole"), 10, &asks, &yields);
  EXPECT_GE(asks, 3u * 7);
  const std::string whole = stored(with_model("whole"));
  EXPECT_NE(whole.find("answer {\"children\""), std::string::npos);
  for (const uint32_t part : {4u, 7u}) {
    const pid_t parent = fork();
    if (parent == 0) {
      play(with_model("torn"), part);
      kill(getpid(), SIGKILL);
    }
    waitpid(parent, nullptr, 0);
    usleep(50'000);
  }
  play(with_model("torn"), 10, nullptr, &again);
  EXPECT_TRUE(stored(with_model("torn")) == whole);
  for (const AgentYield& y : yields) {  // every agent heard some children of its model, and knows it after a restart, too
    EXPECT_GT(y.judged, 0u);
    EXPECT_GE(y.parsed, y.judged);
    EXPECT_GE(y.proposed, y.parsed);
    EXPECT_GE(y.judged, y.kept);
  }
  EXPECT_EQ(again, yields);
}

}  // namespace
}  // namespace sotto::contest

int main(int argc, char** argv) { return sotto::contest::testing_swarm::run_tests(argc, argv); }
