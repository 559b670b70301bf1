// SPDX-License-Identifier: Apache-2.0
// The attackers' prover itself: honest plans are accepted, and it agrees with the production prover where both must be equal.
#include "support/forger.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;

TEST(Forger, HonestPlansAreAccepted) {
  const Start& start = toy_start();
  expect_accepted(start.key->vk, forge::forge(start, {}), "honest");
}

TEST(Forger, CountsLikeTheWitness) {
  const Start& start = toy_start();
  Tables t = start.tables;
  count_lookups(start.key->shape, start.key->layout, t);
  EXPECT_EQ(t[claim::kM], start.tables[claim::kM]);
}

}  // namespace
}  // namespace sotto
