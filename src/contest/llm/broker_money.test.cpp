// SPDX-License-Identifier: Apache-2.0
// Caps, secrets, record and replay of the broker. What was spent is counted at the server.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <set>
#include <sstream>

#include "contest/llm/adapter.h"
#include "contest/llm/models.h"
#include "contest/llm/testing/broker_rig.h"

namespace sotto::contest {
namespace {
using Server = FakeLlmServer;
using Request = FakeLlmServer::Request;

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

// A server that counts what it charges: the prompt as dense as the tokens can be, the answer as long as it may.
struct Till {
  std::atomic<Micros> charged{0};
  std::atomic<uint64_t> tokens{0};
  Server::Reply serve(const Request& r) {
    const uint64_t in = r.body.size() * 7 / 10, out = r.json["max_completion_tokens"].get<uint64_t>();
    LlmUsage usage;
    usage.in = in;
    usage.out = out;
    charged += cost_of(usage, find_llm_model("gpt-6-luna")->price);
    tokens += in + out;
    return Server::chat(kTestBrood, "stop", static_cast<unsigned>(in), static_cast<unsigned>(out));
  }
};

TEST(LlmCaps, RunCapIsNeverExceededAndOutlivesTheProcess) {
  Till till;
  BrokerRig rig(completions([&](const Request& r) { return till.serve(r); }));
  rig.options.caps.run = 20'000;  // two cents
  uint64_t id = 0;
  unsigned ok = 0;
  for (int round = 0; round < 5; round++) {
    rig.start();
    for (uint32_t agent = 0; agent < 30; agent++) rig.ask(agent, ++id);
    for (const LlmReply& reply : rig.replies(30)) {
      ok += reply.ok;
      if (!reply.ok) {
        EXPECT_NE(reply.reason.find("--max-usd"), std::string::npos) << reply.reason;
      }
    }
    EXPECT_EQ(rig.broker->status().spent_run, till.charged.load());
  }
  EXPECT_LE(till.charged.load(), 20'000);
  EXPECT_GT(till.charged.load(), 17'000);  // and it is used
  EXPECT_EQ(static_cast<unsigned>(rig.server.chats()), ok);
  EXPECT_FALSE(rig.broker->status().paused.empty());
}

TEST(LlmCaps, AgentDayAndTokens) {
  Till till;
  BrokerRig rig(completions([&](const Request& r) { return till.serve(r); }));
  rig.options.caps.agent = 3'000;
  uint64_t id = 0;
  const auto rounds = [&](uint32_t agent) {
    unsigned ok = 0;
    for (int i = 0; i < 8; i++) ok += rig.ask_one(agent, ++id).ok;
    return ok;
  };
  const unsigned first = rounds(1);
  EXPECT_GE(first, 1u);
  EXPECT_LT(first, 8u);
  EXPECT_LE(till.charged.load(), 3'000);
  EXPECT_EQ(rounds(2), first);  // another agent has its own
  EXPECT_TRUE(rig.broker->status().paused.empty());
  rig.options.caps = {};
  rig.options.caps.day = till.charged.load() + 1;
  rig.start();
  EXPECT_NE(rig.ask_one(3, ++id).reason.find("--max-usd-per-day"), std::string::npos);
  rig.options.caps = {};
  rig.options.model = "mystery-1";
  rig.options.caps.tokens = till.tokens + 20'000;
  rig.start();
  EXPECT_GE(rounds(4), 1u);
  EXPECT_NE(rig.ask_one(4, ++id).reason.find("--llm-max-tokens"), std::string::npos);
  EXPECT_LE(till.tokens.load(), rig.options.caps.tokens);
}

// What a dead broker had in flight is booked at its worst. The child makes its own server: a fork takes no threads along.
TEST(LlmCaps, KilledWithCallsInFlight) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("sotto-llm-killed-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  const auto never = completions([](const Request&) { return Server::Reply{Server::chat(kTestBrood).bytes, 60'000}; });
  const pid_t child = ::fork();
  if (child == 0) {
    BrokerRig doomed(never);
    doomed.options.state_folder = folder.string();
    doomed.start();
    for (uint32_t agent = 0; agent < 5; agent++) doomed.ask(agent, agent);
    while (doomed.broker->status().in_flight < 5) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  BrokerRig rig(never);
  rig.options.state_folder = folder.string();
  rig.start();
  while (rig.broker->status().server.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const Micros spent = rig.broker->status().spent_run;
  EXPECT_GT(spent, 5 * 540);                     // 1080 tokens out each, and the prompts
  EXPECT_EQ(rig.broker->status().reserved, 0);
  rig.options.caps.run = spent;
  rig.start();
  EXPECT_NE(rig.ask_one().reason.find("--max-usd"), std::string::npos);
  rig.broker.reset();
  std::filesystem::remove_all(folder);
}

TEST(LlmCaps, OneBrokerPerStateFolder) {
  BrokerRig rig(completions([](const Request&) { return Server::chat(kTestBrood); }));
  rig.start();
  const auto second = LlmBroker::start(rig.options);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::kEnvironment);
}

// ---- secrets

TEST(LlmSecrets, NeitherKeyNorSongIsToldToAnyone) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  std::string told;
  for (const int status : {200, 400, 401, 403, 404, 422, 429, 500}) {
    // Quotes all that it was sent wherever it can.
    BrokerRig rig([status](const Request& r) {
      const std::string all = r.head + r.body;
      return Server::http(nlohmann::json{{"error", {{"code", kTestKey}, {"type", kTestSong}, {"param", "x"}, {"message", all}}}, {"data", {{{"id", all}}, {{"id", kTestSong}}}}}.dump(),
                          status, std::string("retry-after-ms: 1\r\nx-request-id: ") + kTestKey + "\r\n");
    });
    const LlmReply reply = rig.ask_one();
    EXPECT_FALSE(reply.ok);
    const LlmStatus s = rig.broker->status();
    told += reply.reason + s.paused + s.notice + s.server + s.model;
    rig.broker.reset();
    for (const auto& entry : std::filesystem::directory_iterator(rig.folder)) {
      told += contents(entry.path());
      struct stat info {};
      ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 077, 0u) << entry.path();
    }
  }
  told += testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
  EXPECT_EQ(told.find(kTestKey), std::string::npos);
  EXPECT_EQ(told.find("sk-test"), std::string::npos);
  EXPECT_EQ(told.find(kTestSong), std::string::npos);
  EXPECT_FALSE(told.empty());
}

TEST(LlmSecrets, TheKeyIsNowhereInTheStateFolderAndTheRecordIsPrivate) {
  BrokerRig rig(completions([](const Request&) { return Server::chat(kTestSong); }));
  EXPECT_TRUE(rig.ask_one().ok);
  EXPECT_EQ(::prctl(PR_GET_DUMPABLE), 0);  // no core dump holds it
  rig.broker.reset();
  bool song = false;
  for (const auto& entry : std::filesystem::directory_iterator(rig.folder)) {
    const std::string text = contents(entry.path());
    EXPECT_EQ(text.find(kTestKey), std::string::npos) << entry.path();
    if (text.find(kTestSong) == std::string::npos) continue;
    song = true;
    EXPECT_EQ(entry.path().filename(), "llm-answers.jsonl");
    struct stat info {};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
  }
  EXPECT_TRUE(song);
}

TEST(LlmSecrets, AgentsCannotBeToldApartAcrossRuns) {
  std::set<std::string> seen;
  for (int run = 0; run < 2; run++) {
    BrokerRig rig(completions([&](const Request& r) {
      seen.insert(r.json["safety_identifier"].get<std::string>());
      return Server::chat(kTestBrood);
    }));
    for (uint32_t agent = 0; agent < 3; agent++) (void)rig.ask_one(agent, agent);
    (void)rig.ask_one(0, 9);
  }
  EXPECT_EQ(seen.size(), 6u);  // three agents, two runs; an agent keeps its own within a run
}

// ---- record and replay

Server::Handler numbered() {
  return completions([](const Request& r) { return Server::chat("answer " + std::to_string(r.number)); });
}

TEST(LlmReplay, GivesTheSameAnswersWithoutANetwork) {
  BrokerRig rig(numbered());
  const std::string same = "the same words";
  std::vector<std::string> live;
  for (uint32_t agent = 1; agent <= 2; agent++)
    for (int i = 0; i < 2; i++) {
      rig.ask(agent, 1, same);
      live.push_back(rig.replies(1)[0].text);
    }
  EXPECT_EQ(live, (std::vector<std::string>{"answer 1", "answer 2", "answer 3", "answer 4"}));
  rig.broker.reset();
  LlmOptions replay;
  replay.protocol = LlmProtocol::kReplay;
  replay.replay_file = (rig.folder / "llm-answers.jsonl").string();
  rig.options = replay;
  rig.start();
  std::vector<std::string> again(4);
  for (const uint32_t agent : {2u, 1u})  // the order between agents does not matter
    for (unsigned i = 0; i < 2; i++) {
      rig.ask(agent, 1, same);
      again[(agent - 1) * 2 + i] = rig.replies(1)[0].text;
    }
  EXPECT_EQ(again, live);
  rig.ask(1, 9, same);
  EXPECT_NE(rig.replies(1)[0].reason.find("not in the record"), std::string::npos);
  rig.ask(1, 9, "other words");
  EXPECT_FALSE(rig.replies(1)[0].ok);
  EXPECT_EQ(rig.server.chats(), 4);
}

// An answer that was paid for but not handed out before a crash is not bought again.
TEST(LlmReplay, AskedAgainAfterARestartItCostsNothing) {
  BrokerRig rig(numbered());
  EXPECT_EQ(rig.ask_one(1, 5).text, "answer 1");
  EXPECT_EQ(rig.ask_one(1, 6).text, "answer 2");
  std::ofstream(rig.folder / "llm-answers.jsonl", std::ios::app) << "{\"request\":\"0x12";  // cut off by kill -9
  rig.start();
  EXPECT_EQ(rig.ask_one(1, 6).text, "answer 2");
  EXPECT_EQ(rig.ask_one(1, 7).text, "answer 3");
  EXPECT_EQ(rig.server.chats(), 3);
  rig.start();
  EXPECT_EQ(rig.ask_one(1, 7).text, "answer 3");
  EXPECT_EQ(rig.server.chats(), 3);
}

TEST(LlmReplay, ADamagedRecordIsRefused) {
  BrokerRig rig(numbered());
  EXPECT_TRUE(rig.ask_one(1, 5).ok);
  rig.broker.reset();
  std::ofstream(rig.folder / "llm-answers.jsonl", std::ios::app) << "nonsense\n";
  const auto broker = LlmBroker::start(rig.options);
  ASSERT_FALSE(broker.ok());
  EXPECT_NE(broker.error().message.find("damaged"), std::string::npos);
  LlmOptions replay;
  replay.protocol = LlmProtocol::kReplay;
  replay.replay_file = "/no/such/file";
  EXPECT_FALSE(LlmBroker::start(replay).ok());
}

}  // namespace
}  // namespace sotto::contest
