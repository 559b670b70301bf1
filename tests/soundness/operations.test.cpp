// SPDX-License-Identifier: Apache-2.0
// Every constraint of every operation, in real proofs: a wrong result that this constraint alone forbids is rejected,
// and accepted once prover and verifier leave the constraint out. (relations.test.cpp is exhaustive, over small
// integers.)
#include <set>

#include "support/operation_lies.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

TEST(OperationForgeries, EveryConstraintRejectsOneOfItsOwn) {
  const auto key = toy::key();
  std::set<unsigned> covered;
  unsigned heard = 0;
  for (const OperationLie& lie : kOperationLies) {
    const unsigned term = kFirstConstraint[static_cast<unsigned>(lie.op)] + lie.constraint;
    const std::string what =
        std::string(sound::kOpNames[static_cast<unsigned>(lie.op)]) + ", constraint " + std::to_string(lie.constraint);
    covered.insert(term);
    ASSERT_NE(lie.out, sound::eval_op(lie.op, lie.a, lie.b, lie.c, {}, 16, 4)) << what;
    const Start start = start_for(key, lie);
    Plan plan{.cells = [&](Tables& t) {
      write_lie(start, t, lie);
      return rejudge(start, t);
    }};
    expect_rejected(key->vk, forge::forge(start, plan), what, "reduction identity");
    plan.challenges = [=](Challenges& c) { c.alpha[term] = Fr::zero(); };
    const Proven forged = forge::forge(start, plan);
    EXPECT_EQ(verdict_without(term, key->vk, forged), "accepted") << what;
    heard += forged.statement.score != start.score;
  }
  EXPECT_GT(heard, std::size(kOperationLies) / 2);  // one sample of 203 does not always move the score
  EXPECT_EQ(covered.size(), kFirstConstraint[sound::kOpCount]);
}

}  // namespace
}  // namespace sotto
