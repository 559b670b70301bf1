// SPDX-License-Identifier: Apache-2.0
// The whole contest with a small judge: agents, proof, contract, payment; and what happens when it is killed.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "contest/chain/artifact.h"
#include "contest/chain/embedded.h"
#include "contest/chain/wei.h"
#include "e2e/process.h"

namespace sotto::e2e {
namespace {

using Json = nlohmann::json;

// Near the highest score of the small judge, 655.35: some dozens of songs away.
constexpr const char* kTarget = "654";

class Demo : public testing::Test {
 protected:
  void SetUp() override {
    if (!contest::EmbeddedChain::find_anvil().ok() || !contest::load_creation_code("Verifier").ok())
      GTEST_SKIP() << "SOTTO-SKIPPED: the contract tools are not set up (./run setup)";
    judge_ = write_small_judge(folder_);
  }
  std::vector<std::string> words(std::vector<std::string> more = {}, const char* slot_ms = "20") const {
    std::vector<std::string> all = {"demo",  "--judge", judge_, "--slots",  "16", "--agents", "3",
                                    "--tries", "3", "--slot-ms", slot_ms, "--random", "5", "--json"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  TemporaryFolder folder_;
  std::string judge_;
};

void check_report(const Outcome& done) {
  ASSERT_EQ(done.code, 0) << done.err;
  const Json json = Json::parse(done.out);  // exactly one object, nothing else
  std::set<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.insert(key);
  const std::set<std::string> wanted = {"songs", "agents", "winner", "score", "target", "prove_seconds", "prove_peak_mib", "proof_bytes",
                                        "verify_gas", "total_gas", "tx", "balance_before_wei", "balance_after_wei"};
  EXPECT_EQ(keys, wanted);
  EXPECT_GE(json["score"].get<double>(), json["target"].get<double>());
  EXPECT_GT(json["songs"].get<uint64_t>(), 0u);
  EXPECT_LE(json["proof_bytes"].get<uint64_t>(), 20'000u);
  EXPECT_LE(json["total_gas"].get<uint64_t>(), 1'600'000u);
  EXPECT_LT(json["verify_gas"].get<uint64_t>(), json["total_gas"].get<uint64_t>());
  EXPECT_EQ(json["tx"].get<std::string>().size(), 66u);
  const auto before = contest::wei_from_decimal(json["balance_before_wei"].get<std::string>());
  const auto after = contest::wei_from_decimal(json["balance_after_wei"].get<std::string>());
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_GT(*after, *before + contest::kEther - contest::kEther / 50);  // the prize, less gas
  EXPECT_LT(*after, *before + contest::kEther);
}

TEST_F(Demo, KilledAtAnyMomentItLeavesNothingAndRunsAgain) {
  const std::string keep = folder_ / "run";
  for (const unsigned after_ms : {150u, 900u, 2500u, 6000u}) {
    Process demo(words({"--target", kTarget, "--keep", keep}));
    for (unsigned waited = 0; waited < after_ms && demo.running(); waited += 10) usleep(10'000);
    const auto below = demo.descendants();
    demo.send(SIGKILL);
    (void)demo.wait();
    EXPECT_TRUE(all_gone(below)) << after_ms;
  }
  const Outcome resumed = run(words({"--target", kTarget, "--keep", keep}));
  check_report(resumed);
  // The same seed finds the same song in a fresh folder: the kills have changed nothing.
  const Outcome fresh = run(words({"--target", kTarget}));
  check_report(fresh);
  if (resumed.code != 0 || fresh.code != 0) return;
  for (const char* key : {"winner", "score", "songs"}) EXPECT_EQ(Json::parse(resumed.out)[key], Json::parse(fresh.out)[key]) << key;
}

TEST_F(Demo, CtrlCStopsCleanly) {
  Process demo(words({"--target", "655.35"}, "100"));  // out of reach: it searches until it is stopped
  std::vector<pid_t> below;
  for (unsigned waited = 0; waited < 3000 && below.size() < 4; ++waited, usleep(10'000)) below = demo.descendants();
  EXPECT_EQ(below.size(), 4u) << demo.err();  // the chain and three agents
  demo.send(SIGINT);
  const Outcome done = demo.wait();
  EXPECT_EQ(done.code, 130) << done.err;
  EXPECT_TRUE(done.out.empty());
  EXPECT_TRUE(all_gone(below));
}

}  // namespace
}  // namespace sotto::e2e
