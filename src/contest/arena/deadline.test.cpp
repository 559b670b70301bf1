// SPDX-License-Identifier: Apache-2.0
// A swarm in a contest by deadline, with real proofs on the embedded chain: nothing is proved before the last minutes,
// then the best song is; after the deadline the pot is settled, and the run ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "claim/prover/prove.h"
#include "contest/arena/stage.h"
#include "contest/chain/testing/evm.h"
#include "contest/swarm/campaign.h"
#include "contest/swarm/testing/small_swarm.h"
#include "zk/commit/srs.h"

namespace sotto::contest {
namespace {

constexpr unsigned kSlots = 16;  // size class
constexpr uint32_t kTarget = 100;
constexpr uint64_t kLasts = 3600;

class Deadline : public testing_swarm::SmallSwarm {
 protected:
  void SetUp() override {
    if (!EmbeddedChain::find_anvil().ok() || !load_creation_code("Verifier").ok() || !load_creation_code("Prize").ok())
      GTEST_SKIP() << "SOTTO-SKIPPED: the contract tools are not set up (./run setup)";
    SmallSwarm::SetUp();
    auto stage = Stage::open();
    ASSERT_TRUE(stage.ok()) << stage.error().message;
    stage_.emplace(std::move(*stage));
  }
  void announce(const judge::Network& net) {
    const auto log_size = claim::required_log_size(net, kSlots);
    ASSERT_TRUE(log_size.ok());
    auto srs = zk::cached_development_srs(*log_size);
    ASSERT_TRUE(srs.ok());
    const auto key = claim::make_proving_key(net, kSlots, std::make_shared<zk::Srs>(std::move(*srs)));
    ASSERT_TRUE(key.ok()) << key.error().message;
    const Status open =
        stage_->announce(claim::verifying_key(**key), kTarget, kEther, PrizeMode::kBestByDeadline, kLasts);
    ASSERT_TRUE(open.ok()) << open.error().message;
  }
  ContestView contest() {
    const auto view = stage_->prize().contest(stage_->contest());
    EXPECT_TRUE(view.ok());
    return view.ok() ? *view : ContestView{};
  }
  // Called twice a second while the swarm runs: the clock of the chain is ours.
  void watch(const CampaignView& view) {
    if (phase_ == 0 && view.slot >= 8) {
      EXPECT_NE(view.prover.find("wait for the last minutes"), std::string::npos) << view.prover;
      EXPECT_EQ(contest().best, 0u);
      ASSERT_TRUE(stage_->chain().advance_time(kLasts - proof_reserve(60) + 10).ok());
      ++phase_;
    } else if (phase_ == 1 && contest().best > 0) {
      claimed_ = contest().best;
      ASSERT_TRUE(stage_->chain().advance_time(contest().terms.deadline + 2 - stage_now()).ok());
      ++phase_;
    }
  }
  uint64_t stage_now() {
    auto client = stage_->chain().connect();
    EXPECT_TRUE(client.ok());
    return client.ok() ? client->block().value().timestamp : 0;
  }

  std::optional<Stage> stage_;
  int phase_ = 0;
  uint32_t claimed_ = 0;
};

TEST_F(Deadline, TheBestSongIsProvedLateAndThePotIsSettled) {
  const auto net = judge::read_judge(root_ + "/test.judge");
  ASSERT_TRUE(net.ok());
  announce(*net);
  auto player = stage_->new_player();
  ASSERT_TRUE(player.ok());
  const Address winner = player->address();
  ChainContest where;
  where.rpc_urls = {stage_->chain().url()};
  where.contract = stage_->prize().address();
  where.id = stage_->contest();
  where.beneficiary = winner;
  where.judge = judge::judge_digest(*net);
  auto open = open_contest(where, std::move(*player));
  ASSERT_TRUE(open.ok()) << open.error().message;

  CampaignOptions c;
  c.swarm = options("run");
  c.swarm.slots = kSlots;
  c.swarm.slot_ms = 200;
  c.swarm.lockstep = false;
  c.proves = true;
  c.port = std::move(open->port);
  c.contest = open->now;
  c.claim = open->target;
  c.seconds = 500;
  c.show = [this](const CampaignView& view) { watch(view); };
  const std::string folder = c.swarm.folder;
  const auto result = run_campaign(std::move(c));
  ASSERT_TRUE(result.ok()) << result.error().message;

  EXPECT_EQ(result->end, CampaignEnd::kClaimed);
  EXPECT_EQ(phase_, 2);
  const ContestView after = contest();
  EXPECT_EQ(after.status, PrizeStatus::kSettled);
  EXPECT_EQ(after.beneficiary, winner);
  EXPECT_EQ(after.best, claimed_);
  EXPECT_GE(after.best, kTarget);
  std::ifstream in(folder + "/events.jsonl");
  const std::string events{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(events.find("\"state\":\"settled\""), std::string::npos);
}

}  // namespace
}  // namespace sotto::contest

int main(int argc, char** argv) { return sotto::contest::testing_swarm::run_tests(argc, argv); }
