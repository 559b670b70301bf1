// SPDX-License-Identifier: Apache-2.0
// A team of two nodes on a real nats-server, with real proofs: the node that proves is killed with kill -9, the other
// takes the prover's seat when the lease is over, and proves its own song; the first, started again, hears of it and
// ends.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>

#include "claim/prover/prove.h"
#include "claim/verifier/verify.h"
#include "contest/bus/testing/nats_server.h"
#include "contest/swarm/campaign.h"
#include "contest/swarm/testing/small_swarm.h"
#include "zk/commit/srs.h"

namespace sotto::contest {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kSlots = 16;  // size class
constexpr uint32_t kTarget = 100;

class HandOver : public testing_swarm::SmallSwarm {
 protected:
  void SetUp() override {
    SOTTO_SKIP_WITHOUT_NATS();
    SmallSwarm::SetUp();
    server_.emplace(std::vector<std::string>{"red"});
  }
  // Until its end. The proof, if there is one, is in proof_.
  Result<CampaignResult> play(const std::string& node) {
    SOTTO_TRY(auto bus, connect_nats(server_->options(node)));
    NodeOptions n;
    n.name = node;
    n.folder = root_ + "/" + node;
    n.agents = 2;
    n.lease = 3s;
    n.beat = 200ms;
    CampaignOptions c;
    c.swarm = options(node);
    SOTTO_TRY(c.node, TeamNode::join(std::move(bus), n));
    c.swarm.numbers = c.node->agents();
    c.swarm.agents = 2;
    c.swarm.slots = kSlots;
    c.swarm.slot_ms = 200;
    c.swarm.lockstep = false;
    c.target = kTarget;
    c.proves = true;
    c.claim.chain_id = 31337;
    c.claim.contract.fill(1);
    c.claim.beneficiary.fill(2);
    c.seconds = 400;
    c.keep_proof = [this](const AgentProof& proof) { return proof_ = proof, ok_status(); };
    return run_campaign(std::move(c));
  }
  std::string events(const std::string& node) const {
    std::ifstream in(root_ + "/" + node + "/events.jsonl");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::optional<TestNatsServer> server_;
  std::optional<AgentProof> proof_;
};

TEST_F(HandOver, TheOtherNodeProvesWhenTheFirstIsKilled) {
  const pid_t first = fork();
  if (first == 0) {
    (void)play("red-1").ok();
    _exit(0);
  }
  const auto proves = [&] { return events("red-1").find("\"state\":\"progress\"") != std::string::npos; };
  for (int i = 0; i < 6000 && !proves(); ++i) usleep(20'000);
  ASSERT_TRUE(proves());
  ASSERT_EQ(kill(first, SIGKILL), 0);
  waitpid(first, nullptr, 0);
  EXPECT_EQ(events("red-1").find("\"state\":\"done\""), std::string::npos) << "it was killed too late";

  const auto second = play("red-2");
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(second->end, CampaignEnd::kReached);
  ASSERT_TRUE(proof_.has_value());
  EXPECT_GE(proof_->statement.score, kTarget);
  const auto net = judge::read_judge(root_ + "/test.judge");
  ASSERT_TRUE(net.ok());
  auto srs = zk::cached_development_srs(claim::required_log_size(*net, kSlots).value());
  ASSERT_TRUE(srs.ok());
  const auto key = claim::make_proving_key(*net, kSlots, std::make_shared<zk::Srs>(std::move(*srs)));
  ASSERT_TRUE(key.ok());
  const Status verdict = claim::verify(claim::verifying_key(**key), proof_->statement, proof_->proof);
  EXPECT_TRUE(verdict.ok()) << verdict.error().message;

  proof_.reset();
  const auto again = play("red-1");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->end, CampaignEnd::kElsewhere);
  EXPECT_FALSE(proof_.has_value());
  EXPECT_EQ(again->summary.unaccounted, 0u);
}

}  // namespace
}  // namespace sotto::contest

int main(int argc, char** argv) { return sotto::contest::testing_swarm::run_tests(argc, argv); }
