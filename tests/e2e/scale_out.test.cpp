// SPDX-License-Identifier: Apache-2.0
// A team on several machines: real `sotto swarm` processes as nodes, on a real nats-server, killed with kill -9.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "contest/bus/board.h"
#include "contest/bus/testing/nats_server.h"
#include "contest/bus/testing/text.h"
#include "e2e/process.h"

namespace sotto::e2e {
namespace {

using contest::TestNatsServer;
using Json = nlohmann::json;

constexpr unsigned kAgents = 2, kTries = 5;  // per node; per agent and slot

struct History {
  std::map<std::pair<unsigned, unsigned>, std::string> scores;  // by agent and slot
  uint64_t songs = 0, unaccounted = 0;
  unsigned slots = 0;
};

// What a state folder's event log says: songs told, and the last summary.
History read_run(const std::string& folder) {
  History run;
  std::istringstream lines(read_text(folder + "/events.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const Json e = Json::parse(line, nullptr, false);
    if (!e.is_object()) continue;
    if (e["event"] == "song") {
      const bool fresh = run.scores.emplace(std::pair(e["agent"], e["slot"]), e["score"].dump()).second;
      EXPECT_TRUE(fresh) << "told twice: " << line;
      run.songs += e["judged"].get<uint64_t>();
    } else if (e["event"] == "summary") {
      run.unaccounted += e["unaccounted"].get<uint64_t>();
      run.slots = e["slots"];
      EXPECT_EQ(e["songs"].get<uint64_t>(), run.songs) << "songs told and songs kept differ";
    }
  }
  return run;
}

std::vector<uint32_t> numbers(const std::string& folder) { return Json::parse(read_text(folder + "/node.json"))["agents"]; }

class ScaleOut : public testing::Test {
 protected:
  void SetUp() override {
    SOTTO_SKIP_WITHOUT_NATS();
    judge_ = write_small_judge(folder_);
    server_ = std::make_unique<TestNatsServer>(std::vector<std::string>{"red", "blue"});
  }
  std::string state(const std::string& node) const { return folder_ / node; }
  std::vector<std::string> words(const std::string& user, const std::string& node, unsigned slots) const {
    return {"swarm",    "--judge",    judge_,   "--state",  state(node),      "--agents",   std::to_string(kAgents),
            "--tries",  std::to_string(kTries), "--seed",   "7",              "--slot-ms",  "100",
            "--lockstep", "--max-slots", std::to_string(slots), "--bus", server_->url(), "--creds", server_->credentials_file(user),
            "--node",   node};
  }
  static void finish(Process& node) {
    const Outcome done = node.wait();
    EXPECT_EQ(done.code, 0) << done.err;
  }
  // Waits until the node has told of this slot.
  bool reaches(const std::string& node, unsigned slot) const {
    for (int i = 0; i < 1'200; ++i) {
      if (read_text(state(node) + "/events.jsonl").find("\"event\":\"slot\",\"slot\":" + std::to_string(slot)) != std::string::npos) return true;
      usleep(50'000);
    }
    return false;
  }

  TemporaryFolder folder_;
  std::string judge_;
  std::unique_ptr<TestNatsServer> server_;
};

// Throughput is counted, not timed: per slot, two nodes judge what two nodes' agents judge.
TEST_F(ScaleOut, TwoNodesJudgeTwiceTheSongsOfOne) {
  const auto spectator = server_->connect("blue-1");
  auto board = contest::Board::open(*spectator).value();
  {
    Process one(words("red-1", "n1", 6));
    finish(one);
  }
  const History alone = read_run(state("n1"));
  EXPECT_EQ(alone.slots, 6u);
  EXPECT_EQ(alone.songs, 6u * kAgents * kTries);
  Process one(words("red-1", "n1", 12)), two(words("red-2", "n2", 6));
  finish(one), finish(two);
  const History first = read_run(state("n1")), second = read_run(state("n2"));
  EXPECT_EQ(first.slots, 12u);
  EXPECT_EQ(first.songs - alone.songs + second.songs, 2 * alone.songs);  // in as many slots
  EXPECT_EQ(first.unaccounted + second.unaccounted, 0u);
  EXPECT_EQ(numbers(state("n1")), (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(numbers(state("n2")), (std::vector<uint32_t>{2, 3}));
  // Other numbers, other songs: what n2 found is not what n1 found.
  unsigned different = 0;
  for (const auto& [place, score] : second.scores) different += first.scores.at(place) != score;
  EXPECT_GT(different, 0u);
  // The rivals have heard all of it, and nothing else: songs on the board are the sum over the nodes.
  ASSERT_TRUE(board.hear(std::chrono::milliseconds(0)).ok());
  const auto scores = board.scores(std::chrono::milliseconds(0));
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].team + "/" + scores[0].node + " " + scores[1].team + "/" + scores[1].node, "red/n1 red/n2");
  EXPECT_EQ(scores[0].songs + scores[1].songs, first.songs + second.songs);
}

// Team blue runs the same search undisturbed: numbers belong to a team, so its agents 0 and 1 judge the same songs.
TEST_F(ScaleOut, AKilledNodeLosesNothing) {
  Process control(words("blue-1", "control", 20));
  std::vector<pid_t> agents;
  {
    Process killed(words("red-1", "n1", 20));
    ASSERT_TRUE(reaches("n1", 3)) << killed.err();
    agents = killed.descendants();
    killed.send(SIGKILL);
    killed.wait();
  }
  EXPECT_TRUE(all_gone(agents));
  EXPECT_EQ(read_run(state("n1")).slots, 0u) << "it had come to its end before";
  {
    Process other(words("red-2", "n2", 2));  // while n1 is away: its numbers are not up for grabs
    finish(other);
  }
  EXPECT_EQ(numbers(state("n2")), (std::vector<uint32_t>{2, 3}));
  {
    Process again(words("red-1", "n1", 20));
    finish(again);
  }
  finish(control);
  EXPECT_EQ(numbers(state("n1")), (std::vector<uint32_t>{0, 1}));
  const History run = read_run(state("n1")), undisturbed = read_run(state("control"));
  EXPECT_EQ(run.slots, 20u);
  EXPECT_EQ(run.unaccounted, 0u);
  EXPECT_EQ(run.scores, undisturbed.scores);
  EXPECT_EQ(run.songs, undisturbed.songs);
}

TEST_F(ScaleOut, RefusalsAreClear) {
  auto wrong = words("red-1", "n1", 1);
  ASSERT_EQ(chmod(server_->credentials_file("red-1").c_str(), 0644), 0);
  EXPECT_EQ(run(wrong).code, 3);
  ASSERT_EQ(chmod(server_->credentials_file("red-1").c_str(), 0600), 0);
  {
    Process one(words("red-1", "n1", 1));
    finish(one);
  }
  auto other_name = words("red-1", "n1", 1);
  other_name.back() = "n2";
  EXPECT_EQ(run(other_name).code, 2);  // the folder is n1's
  server_->stop();
  const Outcome gone = run(words("red-1", "n1", 1));
  EXPECT_EQ(gone.code, 4);
  EXPECT_NE(gone.err.find("is nats-server running?"), std::string::npos) << gone.err;
}

}  // namespace
}  // namespace sotto::e2e
