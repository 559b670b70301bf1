// SPDX-License-Identifier: Apache-2.0
#include "base/temporary_folder.h"
#include "contest/swarm/events.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace sotto::contest {
namespace {

using Json = nlohmann::json;

std::set<std::string> keys(const Event& event) {
  std::set<std::string> out;
  const Json line = Json::parse(event_line(event, 7, 1'700'000'000'123, 100));
  for (const auto& [key, value] : line.items()) out.insert(key);
  return out;
}

TEST(Events, EveryKindHasItsSchema) {
  using Keys = std::set<std::string>;
  const auto with = [](Keys more) {
    more.insert({"schema", "seq", "at", "event"});
    return more;
  };
  EXPECT_EQ(keys(StartEvent{}),
            with({"slot", "agents", "slot_ms", "size_class", "tries", "cpu_share", "judge", "target", "isolation"}));
  EXPECT_EQ(keys(SongEvent{}), with({"agent", "slot", "score", "judged", "late_ms"}));
  EXPECT_EQ(keys(SlotEvent{}), with({"slot", "alive", "best", "leader", "songs"}));
  EXPECT_EQ(keys(LlmEvent{}), with({"model", "paused", "calls", "answers", "failures", "refused", "tokens_in",
                                    "tokens_out", "proposed", "parsed", "judged", "kept", "spent_usd", "cap_usd"}));
  EXPECT_EQ(keys(ProverEvent{"queued", 1, 2, 3, "", 0}), with({"state", "agent", "slot", "score"}));
  EXPECT_EQ(keys(ProverEvent{"progress", 1, 2, 3, "sumcheck", 500}),
            with({"state", "agent", "slot", "score", "detail", "permille"}));
  EXPECT_EQ(keys(ClaimEvent{"accepted", 1, 2, "0x", ""}), with({"state", "agent", "score", "tx"}));
  EXPECT_EQ(keys(RestartEvent{}), with({"agent", "restarts", "given_up", "reason"}));
  EXPECT_EQ(keys(HealthEvent{}), with({"parent_kib", "agents_kib", "largest_agent_kib", "slips"}));
  EXPECT_EQ(keys(SummaryEvent{}),
            with({"end", "slots", "songs", "unaccounted", "restarts", "slips", "winner", "late_ms", "agents"}));
}

TEST(Events, ALineIsOneObjectWithARoundedScore) {
  const std::string line = event_line(SongEvent{{3, 9, 978, 40, 12}}, 5, 1'700'000'000'123, 100);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Json json = Json::parse(line);
  EXPECT_EQ(json["schema"], kEventSchema);
  EXPECT_EQ(json["event"], "song");
  EXPECT_EQ(json["at"], "2023-11-14T22:13:20.123Z");
  EXPECT_DOUBLE_EQ(json["score"].get<double>(), 9.75);
  EXPECT_EQ(json["late_ms"], 12);
}

TEST(Events, PublishedScoresNeverRise) {
  for (uint32_t score = 0; score <= 1000; ++score) {
    const uint32_t told = published_score(score, 100);
    EXPECT_LE(told, score);
    EXPECT_LT(score - told, 5u);
    EXPECT_EQ(told % 5, 0u);
  }
  EXPECT_EQ(published_score(7, 1), 7u);
}

class EventFile : public testing::Test {
 protected:
  const TemporaryFolder temporary_{"sotto-events"};

  void SetUp() override {
    root_ = temporary_.path();
    path_ = root_ + "/events.jsonl";
  }
  std::vector<std::string> lines() const {
    std::ifstream in(path_);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  std::string root_, path_;
};

TEST_F(EventFile, GoesOnWhereItWasTornAndTellsNothingTwice) {
  {
    auto log = EventLog::open(path_, 2, 100, nullptr);
    ASSERT_TRUE(log.ok()) << log.error().message;
    for (uint32_t slot = 0; slot < 3; ++slot) {
      for (uint32_t agent = 0; agent < 2; ++agent) log->write(SongEvent{{agent, slot, 500, 4, 0}});
      log->write(SlotEvent{slot, 2, 500, 0, 8});
    }
    log->write(SongEvent{{0, 3, 500, 4, 0}});
    ASSERT_TRUE(log->status().ok());
  }
  const size_t whole = lines().size();
  std::ofstream(path_, std::ios::app)
      << "{\"schema\":1,\"seq\":99,\"event\":\"song\",\"agent\":1,\"sl";  // kill -9 in a write
  {
    auto log = EventLog::open(path_, 2, 100, nullptr);
    ASSERT_TRUE(log.ok()) << log.error().message;
    EXPECT_EQ(log->told(), (std::vector<uint32_t>{4, 3}));
    EXPECT_EQ(log->slots(), 3u);
    log->write(SongEvent{{0, 3, 500, 4, 0}});
    log->write(SlotEvent{2, 2, 500, 0, 8});
    EXPECT_EQ(lines().size(), whole);
    log->write(SongEvent{{1, 3, 500, 4, 0}});
  }
  const auto after = lines();
  ASSERT_EQ(after.size(), whole + 1);
  uint64_t seq = 0;
  for (const std::string& line : after) EXPECT_EQ(Json::parse(line)["seq"], seq++) << line;
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(EventFile, ForeignFilesAreRefusedAndKept) {
  std::ofstream(path_) << "my diary\n";
  EXPECT_FALSE(EventLog::open(path_, 2, 100, nullptr).ok());
  EXPECT_EQ(lines().size(), 1u);
}

}  // namespace
}  // namespace sotto::contest
