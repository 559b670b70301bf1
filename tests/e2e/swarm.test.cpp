// SPDX-License-Identifier: Apache-2.0
// `sotto swarm` as a user meets it: the event stream, stopping and going on, signals.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "e2e/process.h"

namespace sotto::e2e {
namespace {

using Json = nlohmann::json;

std::vector<Json> events_in(const std::string& text, const std::string& kind = {}) {
  std::vector<Json> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const Json event = Json::parse(line, nullptr, false);
    EXPECT_TRUE(event.is_object()) << line;
    if (event.is_object() && (kind.empty() || event["event"] == kind)) out.push_back(event);
  }
  return out;
}

// How often `what` stands in a file that somebody is writing.
size_t count_in(const std::string& path, const std::string& what) {
  if (access(path.c_str(), R_OK) != 0) return 0;
  const std::string text = read_text(path);
  size_t count = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
  return count;
}

class SwarmVerb : public testing::Test {
 protected:
  void SetUp() override { judge_ = write_small_judge(folder_); }
  std::vector<std::string> words(std::vector<std::string> more) const {
    std::vector<std::string> all = {"swarm",   "--judge", judge_,    "--agents",     "2",
                                    "--slots", "16",      "--state", folder_ / "run"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  TemporaryFolder folder_;
  std::string judge_;
};

TEST_F(SwarmVerb, StopsAfterItsSlotsAndAccountsForEverySong) {
  const auto all =
      words({"--seed", "1", "--tries", "3", "--slot-ms", "20", "--max-slots", "3", "--target", "655.35", "--json"});
  const Outcome first = run(all);
  EXPECT_EQ(first.code, 1) << first.err;  // nobody got there
  EXPECT_EQ(events_in(first.out, "start").size(), 1u);
  const auto songs = events_in(first.out, "song");
  ASSERT_EQ(songs.size(), 6u);
  uint64_t judged = 0;
  for (const Json& song : songs) {
    EXPECT_EQ(song["schema"], 1);
    judged += song["judged"].get<uint64_t>();
    for (const char* key : {"agent", "slot", "score", "late_ms"}) EXPECT_TRUE(song.contains(key)) << key;
  }
  const auto summary = events_in(first.out, "summary");
  ASSERT_EQ(summary.size(), 1u);
  EXPECT_EQ(summary[0]["songs"], 18);
  EXPECT_EQ(judged, 18u);
  // The same run again from its stores: nothing new to play, nothing told twice.
  const Outcome again = run(all);
  EXPECT_TRUE(events_in(again.out, "song").empty());
  ASSERT_EQ(events_in(again.out, "summary").size(), 1u);
  EXPECT_EQ(events_in(again.out, "summary")[0]["songs"], 18);
  EXPECT_EQ(events_in(read_text(folder_ / "run/events.jsonl"), "song").size(), 6u);
}

TEST_F(SwarmVerb, CtrlCStopsItWithTheCommandThatGoesOn) {
  Process swarm(words({"--slot-ms", "200", "--json"}));
  for (unsigned waited = 0; waited < 1000 && swarm.descendants().size() < 2; ++waited) usleep(10'000);
  usleep(300'000);
  swarm.send(SIGHUP);   // the terminal goes: it stays
  swarm.send(SIGUSR1);  // how is it going?
  usleep(600'000);
  EXPECT_TRUE(swarm.running());
  const auto below = swarm.descendants();
  swarm.send(SIGINT);
  const Outcome done = swarm.wait();
  EXPECT_EQ(done.code, 130) << done.err;
  EXPECT_NE(done.err.find("go on with: "), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("--state"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("slot "), std::string::npos) << done.err;  // the status that was asked for
  ASSERT_FALSE(events_in(done.out).empty());
  EXPECT_EQ(events_in(done.out).back()["end"], "interrupted");
  EXPECT_TRUE(all_gone(below));
}

TEST_F(SwarmVerb, KilledItGoesOnWhereItWas) {
  const auto all = words({"--seed", "3", "--tries", "4", "--slot-ms", "50", "--max-slots", "40", "--json"});
  {
    Process swarm(all);
    for (unsigned waited = 0; waited < 1000 && count_in(folder_ / "run/events.jsonl", "\"slot\",") < 5; ++waited)
      usleep(10'000);
    swarm.send(SIGKILL);
    (void)swarm.wait();
  }
  const Outcome rest = run(all);
  EXPECT_EQ(rest.code, 0) << rest.err;
  const auto songs = events_in(read_text(folder_ / "run/events.jsonl"), "song");
  EXPECT_EQ(songs.size(), 80u);
  EXPECT_EQ(events_in(rest.out, "summary").at(0)["songs"], 320);
  EXPECT_EQ(events_in(rest.out, "summary").at(0)["unaccounted"], 0);
}

TEST_F(SwarmVerb, UsageErrorsAreTwo) {
  EXPECT_EQ(run(words({"--cpu-share", "much"})).code, 2);
  EXPECT_EQ(run(words({"--tries", "0"})).code, 2);
  EXPECT_EQ(run(words({"--claim"})).code, 2);
  EXPECT_EQ(run(words({"--isolation", "none"})).code, 2);
  EXPECT_EQ(run({"swarm", "--judge", judge_}).code, 2);  // no state folder
}

}  // namespace
}  // namespace sotto::e2e
