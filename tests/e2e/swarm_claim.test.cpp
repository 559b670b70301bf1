// SPDX-License-Identifier: Apache-2.0
// A swarm that claims a prize by itself: the contest's terms come from the chain, and the pot goes to the claimant.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "contest/chain/artifact.h"
#include "contest/chain/embedded.h"
#include "contest/chain/wei.h"
#include "e2e/process.h"

namespace sotto::e2e {
namespace {

using Json = nlohmann::json;

class SwarmClaim : public testing::Test {
 protected:
  void SetUp() override {
    if (!contest::EmbeddedChain::find_anvil().ok() || !contest::load_creation_code("Verifier").ok())
      GTEST_SKIP() << "SOTTO-SKIPPED: the contract tools are not set up (./run setup)";
    judge_ = write_small_judge(folder_);
    auto chain = contest::EmbeddedChain::start();
    ASSERT_TRUE(chain.ok()) << chain.error().message;
    chain_.emplace(std::move(*chain));
    auto key = chain_->funded_key(100 * contest::kEther);
    ASSERT_TRUE(key.ok() && key->save_hex_file(folder_ / "key").ok());
    address_ = to_hex(key->address());
  }
  std::vector<std::string> on_chain(std::vector<std::string> words) const {
    words.insert(words.end(), {"--rpc-url", chain_->url(), "--key-file", folder_ / "key", "--json"});
    return words;
  }
  Json create(const char* mode, const char* target) const {
    const Outcome made = run(on_chain({"contest", "create", "--judge", judge_, "--slots", "16", "--target", target,
                                       "--prize", "1", "--mode", mode, "--lasts", "1h"}));
    EXPECT_EQ(made.code, 0) << made.err;
    return Json::parse(made.out, nullptr, false);
  }
  std::vector<std::string> claiming(const Json& contest) const {
    return on_chain({"swarm", "--judge", judge_, "--agents", "3", "--slots", "16", "--tries", "30", "--slot-ms", "300",
                     "--state", folder_ / "run", "--claim", "--contract", contest["contract"].get<std::string>(),
                     "--contest", std::to_string(contest["contest"].get<int>())});
  }
  Json show(const Json& contest) const {
    const Outcome shown =
        run({"contest", "show", "--rpc-url", chain_->url(), "--contract", contest["contract"].get<std::string>(),
             "--contest", std::to_string(contest["contest"].get<int>()), "--json"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    return Json::parse(shown.out, nullptr, false);
  }
  static std::vector<std::string> states(const std::string& out, const std::string& kind) {
    std::vector<std::string> states;
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);) {
      const Json event = Json::parse(line, nullptr, false);
      EXPECT_TRUE(event.is_object()) << line;
      if (event["event"] == kind && event["state"] != "progress") states.push_back(event["state"]);
    }
    return states;
  }

  TemporaryFolder folder_;
  std::string judge_, address_;
  std::optional<contest::EmbeddedChain> chain_;
};

TEST_F(SwarmClaim, FirstToTargetIsProvedClaimedAndSettled) {
  const Json contest = create("first-to-target", "600");
  ASSERT_TRUE(contest.is_object());
  const Outcome done = run(claiming(contest));
  EXPECT_EQ(done.code, 0) << done.err;
  const auto claims = states(done.out, "claim");
  EXPECT_NE(std::find(claims.begin(), claims.end(), "accepted"), claims.end()) << done.out.substr(0, 3000);
  const Json after = show(contest);
  EXPECT_TRUE(after["status"] == "settled" || after["status"] == "won") << after.dump();
  EXPECT_EQ(after["beneficiary"], address_);
  EXPECT_GE(after["best_ticks"].get<uint32_t>(), after["target_ticks"].get<uint32_t>());
  // The same command again: the prize is ours already.
  EXPECT_EQ(run(claiming(contest)).code, 0);
}

TEST_F(SwarmClaim, AnotherJudgesContestIsRefused) {
  const Json contest = create("first-to-target", "600");
  ASSERT_TRUE(contest.is_object());
  auto words = claiming(contest);
  std::erase(words, judge_);
  std::erase(words, "--judge");  // then it is the shipped one
  EXPECT_EQ(run(words).code, 3);
}

}  // namespace
}  // namespace sotto::e2e
