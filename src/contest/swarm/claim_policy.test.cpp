// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/claim_policy.h"

#include <gtest/gtest.h>

namespace sotto::contest {
namespace {

TEST(ClaimPolicy, FirstToTargetProvesAtOnce) {
  ContestNow contest;
  contest.target = 900;
  contest.deadline = 1000;
  for (const uint64_t now : {0u, 999u, 5000u}) {
    contest.now = now;
    const ClaimDecision d = decide_claim(contest, 10);
    EXPECT_FALSE(d.closed);
    EXPECT_TRUE(d.prove_now);
    EXPECT_EQ(d.least, 900u);
  }
  contest.status = PrizeStatus::kWon;
  EXPECT_TRUE(decide_claim(contest, 10).closed);
}

TEST(ClaimPolicy, BestByDeadlineWaitsAsLongAsIsSafe) {
  ContestNow contest;
  contest.mode = PrizeMode::kBestByDeadline;
  contest.target = 500;
  contest.deadline = 10'000;
  contest.now = 1000;
  EXPECT_FALSE(decide_claim(contest, 20).prove_now);
  EXPECT_EQ(decide_claim(contest, 20).least, 500u);
  contest.now = 10'000 - proof_reserve(20);
  EXPECT_TRUE(decide_claim(contest, 20).prove_now);
  contest.now -= 1;
  EXPECT_FALSE(decide_claim(contest, 20).prove_now);
  EXPECT_GE(proof_reserve(20), 60u + 60u);
  contest.deadline += 600;  // a rival's claim in the soft close has moved it
  contest.best = 700;
  contest.min_increment = 5;
  EXPECT_EQ(decide_claim(contest, 20).least, 705u);
  EXPECT_FALSE(decide_claim(contest, 20).prove_now);
  contest.now = contest.deadline;
  EXPECT_TRUE(decide_claim(contest, 20).prove_now);
  contest.now = contest.deadline + 1;
  EXPECT_TRUE(decide_claim(contest, 20).closed);
}

}  // namespace
}  // namespace sotto::contest
