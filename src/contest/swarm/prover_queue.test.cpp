// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/prover_queue.h"

#include <gtest/gtest.h>

namespace sotto::contest {
namespace {

TEST(ProverQueue, TheBestFirstTiesToTheEarlierThenTheLower) {
  ProverQueue queue;
  for (const ProofJob& job : {ProofJob{4, 9, 900}, ProofJob{1, 9, 950}, ProofJob{3, 8, 950}, ProofJob{2, 8, 950}})
    queue.offer(job);
  for (const uint32_t agent : {2u, 3u, 1u, 4u}) {
    for (unsigned attempt = 0; attempt < ProverQueue::kAttempts; ++attempt) {
      const auto job = queue.start();
      ASSERT_TRUE(job.has_value());
      EXPECT_EQ(job->agent, agent);
      EXPECT_FALSE(queue.start().has_value());  // one at a time
      (void)queue.failed();                     // it keeps its place while it is tried again
    }
  }
  EXPECT_FALSE(queue.start().has_value());
}

TEST(ProverQueue, WhatIsProvedMakesTheRestWorthless) {
  ProverQueue queue;
  queue.offer({1, 5, 900});
  queue.offer({2, 6, 960});
  queue.offer({3, 4, 960});
  EXPECT_EQ(queue.best(), 960u);
  EXPECT_EQ(queue.start()->agent, 3u);
  queue.proved();
  EXPECT_EQ(queue.waiting(), 0u);  // 960 is proved: neither the other 960 nor the 900 is worth a proof
  EXPECT_FALSE(queue.start().has_value());
}

TEST(ProverQueue, ABetterClaimOvertakesThoseThatWaitAndNotTheOneThatRuns) {
  ProverQueue queue;
  queue.offer({1, 1, 900});
  ASSERT_EQ(queue.start()->agent, 1u);
  queue.offer({2, 2, 920});
  queue.offer({3, 3, 940});
  queue.offer({4, 3, 900});  // no better than what runs
  EXPECT_EQ(queue.running()->agent, 1u);
  EXPECT_EQ(queue.waiting(), 2u);
  queue.proved();
  EXPECT_EQ(queue.start()->agent, 3u);
}

TEST(ProverQueue, OfEachAgentTheBestWaits) {
  ProverQueue queue;
  queue.offer({1, 1, 900});
  queue.offer({1, 2, 910});
  queue.offer({1, 3, 905});
  EXPECT_EQ(queue.waiting(), 1u);
  EXPECT_EQ(queue.start()->score, 910u);
}

TEST(ProverQueue, ARunningProofStopsOnlyWhenItIsWorthNothing) {
  ProverQueue queue;
  queue.offer({1, 1, 900});
  (void)queue.start();
  EXPECT_FALSE(queue.raise(900));
  EXPECT_TRUE(queue.raise(901));
  EXPECT_FALSE(queue.failed());  // stopped: not tried again
  queue.offer({2, 2, 900});
  EXPECT_EQ(queue.waiting(), 0u);
  queue.offer({2, 2, 901});
  EXPECT_EQ(queue.waiting(), 1u);
  EXPECT_FALSE(queue.close());  // nothing runs
  EXPECT_EQ(queue.waiting(), 0u);
  queue.offer({3, 3, 999});
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(ProverQueue, AFailureIsTriedAgainAndThenGivenUp) {
  ProverQueue queue;
  queue.offer({1, 1, 900});
  for (unsigned attempt = 1; attempt < ProverQueue::kAttempts; ++attempt) {
    ASSERT_TRUE(queue.start().has_value());
    EXPECT_TRUE(queue.failed());
  }
  ASSERT_TRUE(queue.start().has_value());
  EXPECT_FALSE(queue.failed());
  EXPECT_FALSE(queue.start().has_value());
}

}  // namespace
}  // namespace sotto::contest
