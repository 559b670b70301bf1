// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/proving.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <mutex>

namespace sotto::contest {
namespace {

// A chain of the test's making.
struct FakeChain {
  std::mutex mutex;
  ContestNow contest;
  std::vector<uint32_t> submitted;
  unsigned network_failures = 0, settled = 0;
  bool refuses = false;
};

class FakePort final : public ClaimPort {
 public:
  explicit FakePort(FakeChain& chain) : chain_(chain) {}
  Result<ContestNow> look() override {
    const std::scoped_lock lock(chain_.mutex);
    return chain_.contest;
  }
  Result<std::string> submit(const claim::ClaimStatement& statement, ByteSpan) override {
    const std::scoped_lock lock(chain_.mutex);
    if (chain_.network_failures > 0) {
      --chain_.network_failures;
      return environment_error("no network");
    }
    if (chain_.refuses) return rejected("ScoreTooLow");
    chain_.submitted.push_back(statement.score);
    chain_.contest.best = statement.score;
    chain_.contest.ours = true;
    if (chain_.contest.mode == PrizeMode::kFirstToTarget) chain_.contest.status = PrizeStatus::kWon;
    return std::string("0xtx");
  }
  Result<std::optional<std::string>> settle() override {
    const std::scoped_lock lock(chain_.mutex);
    const ContestNow& c = chain_.contest;
    if (c.mode == PrizeMode::kFirstToTarget || c.now <= c.deadline) return std::optional<std::string>();
    ++chain_.settled;
    return std::optional<std::string>("0xsettled");
  }

 private:
  FakeChain& chain_;
};

struct Bench {
  FakeChain chain;
  std::vector<std::pair<uint32_t, uint32_t>> orders;  // agent, slot
  std::vector<uint32_t> stops;
  std::vector<std::string> told;
  std::vector<uint32_t> kept;

  ProvingOptions options(bool with_chain) {
    ProvingOptions o;
    o.tell = [this](const Event& event) {
      if (const auto* e = std::get_if<ProverEvent>(&event))
        told.push_back("prover " + e->state + " " + std::to_string(e->agent));
      if (const auto* e = std::get_if<ClaimEvent>(&event)) told.push_back("claim " + e->state);
    };
    o.order = [this](uint32_t agent, const ProveOrder& order) { return orders.emplace_back(agent, order.slot), true; };
    o.stop = [this](uint32_t agent) { stops.push_back(agent); };
    o.keep_proof = [this](const AgentProof& proof) { return kept.push_back(proof.statement.score), ok_status(); };
    if (with_chain) {
      o.port = std::make_unique<FakePort>(chain);
      o.contest = chain.contest;
      o.timing = {std::chrono::milliseconds(20), std::chrono::milliseconds(5)};
    }
    return o;
  }
  static AgentProof proof(uint32_t score) {
    AgentProof p;
    p.statement.score = score;
    p.milliseconds = 1000;
    return p;
  }
  // Hears the chain until the condition holds.
  template <class Condition>
  bool hear(Proving& proving, const Condition& condition) {
    for (unsigned i = 0; i < 300 && !condition(); ++i) {
      pollfd fd{proving.wake_fd(), POLLIN, 0};
      poll(&fd, 1, 100);
      proving.hear_chain();
    }
    return condition();
  }
};

TEST(Proving, WithoutAContestTheFirstAtTheTargetProvesAndThatIsTheEnd) {
  Bench bench;
  ProvingOptions o = bench.options(false);
  o.target = 900;
  Proving proving(std::move(o));
  proving.offer({1, 4, 899, 10, 0});
  EXPECT_TRUE(bench.orders.empty());
  proving.offer({2, 4, 900, 10, 0});
  proving.offer({3, 4, 950, 10, 0});
  ASSERT_EQ(bench.orders, (std::vector<std::pair<uint32_t, uint32_t>>{{2, 4}}));  // the better one waits: this one runs
  proving.no_proof(2, environment_error("it died"));
  ASSERT_EQ(bench.orders.size(), 2u);
  EXPECT_EQ(bench.orders[1].first, 3u);  // now the better one goes first
  proving.proof(3, Bench::proof(950));
  EXPECT_EQ(proving.end(), Proving::End::kProved);
  EXPECT_EQ(proving.winner(), 3u);
  EXPECT_EQ(proving.slot(), 4u);
  EXPECT_EQ(bench.kept, std::vector<uint32_t>{950});
  EXPECT_FALSE(proving.failure().has_value());
}

TEST(Proving, AProofThatNeverComesIsAFailure) {
  Bench bench;
  ProvingOptions o = bench.options(false);
  o.target = 900;
  Proving proving(std::move(o));
  proving.offer({2, 4, 900, 10, 0});
  for (unsigned i = 0; i < ProverQueue::kAttempts; ++i) proving.no_proof(2, input_error("bad setup"));
  EXPECT_EQ(bench.orders.size(), ProverQueue::kAttempts);
  ASSERT_TRUE(proving.failure().has_value());
  EXPECT_EQ(proving.failure()->kind, ErrorKind::kInput);
}

TEST(Proving, FirstToTargetIsClaimedEvenThroughABadNetwork) {
  Bench bench;
  bench.chain.contest.target = 900;
  bench.chain.network_failures = 1;
  Proving proving(bench.options(true));
  proving.offer({5, 7, 930, 10, 0});
  ASSERT_EQ(bench.orders.size(), 1u);
  proving.proof(5, Bench::proof(930));
  ASSERT_TRUE(bench.hear(proving, [&] { return proving.end() != Proving::End::kNo; }));
  EXPECT_EQ(proving.end(), Proving::End::kClaimed);
  EXPECT_EQ(bench.chain.submitted, std::vector<uint32_t>{930});
  const std::vector<std::string> wanted = {"prover queued 5", "prover started 5", "prover done 5",
                                           "claim sent",      "claim trouble",    "claim accepted"};
  std::vector<std::string> seen = bench.told;
  std::erase_if(seen, [&](const std::string& s) { return std::find(wanted.begin(), wanted.end(), s) == wanted.end(); });
  EXPECT_EQ(seen, wanted);
}

TEST(Proving, ARivalsVictoryStopsTheRunningProof) {
  Bench bench;
  bench.chain.contest.target = 900;
  Proving proving(bench.options(true));
  proving.offer({5, 7, 930, 10, 0});
  ASSERT_EQ(bench.orders.size(), 1u);
  {
    const std::scoped_lock lock(bench.chain.mutex);
    bench.chain.contest.status = PrizeStatus::kWon;
    bench.chain.contest.best = 901;
  }
  ASSERT_TRUE(bench.hear(proving, [&] { return !bench.stops.empty(); }));
  EXPECT_EQ(bench.stops, std::vector<uint32_t>{5});
  proving.no_proof(5, {ErrorKind::kInterrupted, "interrupted"});
  EXPECT_EQ(bench.told.back(), "prover stopped 5");
  EXPECT_EQ(proving.end(), Proving::End::kLost);
  EXPECT_EQ(bench.orders.size(), 1u);  // not tried again
}

TEST(Proving, BestByDeadlineWaitsForTheLastMinutesAndTakesTheBest) {
  Bench bench;
  ContestNow& c = bench.chain.contest;
  c.mode = PrizeMode::kBestByDeadline;
  c.target = 500;
  c.now = 1000;
  c.deadline = 100'000;
  Proving proving(bench.options(true));
  proving.offer({1, 3, 700, 10, 0});
  proving.offer({2, 5, 800, 10, 0});
  proving.offer({3, 6, 750, 10, 0});
  EXPECT_TRUE(bench.orders.empty());
  {
    const std::scoped_lock lock(bench.chain.mutex);
    c.now = c.deadline - 30;
  }
  ASSERT_TRUE(bench.hear(proving, [&] { return !bench.orders.empty(); }));
  EXPECT_EQ(bench.orders, (std::vector<std::pair<uint32_t, uint32_t>>{{2, 5}}));
  proving.proof(2, Bench::proof(800));
  ASSERT_TRUE(bench.hear(proving, [&] { return bench.told.back() == "claim accepted"; }));
  EXPECT_EQ(proving.end(), Proving::End::kNo);  // the deadline has not passed: a rival may still answer
  {
    const std::scoped_lock lock(bench.chain.mutex);
    EXPECT_EQ(bench.chain.settled, 0u);
    c.now = c.deadline + 1;
  }
  ASSERT_TRUE(bench.hear(proving, [&] { return proving.end() == Proving::End::kClaimed; }));
  EXPECT_EQ(bench.told.back(), "claim settled");
}

// Without a contest one proof is enough for a team: the nodes that did not make it end, too, but not while they prove.
TEST(Proving, AnotherNodesProofIsTheEnd) {
  Bench bench;
  uint32_t claimed = 0;
  const auto node = [&](bool may) {
    ProvingOptions o = bench.options(false);
    o.target = 900;
    o.may_start = [may](uint32_t) { return may; };
    o.ended = [](bool) {};
    o.team_claimed = [&] { return claimed; };
    return o;
  };
  Proving idle(node(false)), waiting(node(false)), busy(node(true));
  waiting.offer({1, 4, 950, 10, 0});
  busy.offer({2, 4, 950, 10, 0});
  ASSERT_EQ(bench.orders.size(), 1u);
  claimed = 899;
  for (Proving* p : {&idle, &waiting, &busy}) {
    p->ask_again();
    EXPECT_EQ(p->end(), Proving::End::kNo);
  }
  claimed = 930;
  for (Proving* p : {&idle, &waiting, &busy}) p->ask_again();
  EXPECT_EQ(idle.end(), Proving::End::kElsewhere);
  EXPECT_EQ(waiting.end(), Proving::End::kElsewhere);
  EXPECT_EQ(busy.end(), Proving::End::kNo);
  EXPECT_FALSE(waiting.winner().has_value());
  busy.proof(2, Bench::proof(950));
  EXPECT_EQ(busy.end(), Proving::End::kProved);
}

TEST(Proving, AClaimThatTheContractRefusesIsTold) {
  Bench bench;
  bench.chain.contest.target = 900;
  bench.chain.refuses = true;
  Proving proving(bench.options(true));
  proving.claim(Bench::proof(930));  // of an earlier run
  ASSERT_TRUE(bench.hear(proving, [&] { return bench.told.back() == "claim refused"; }));
  EXPECT_EQ(proving.end(), Proving::End::kNo);
}

}  // namespace
}  // namespace sotto::contest
