// SPDX-License-Identifier: Apache-2.0
// Proofs about networks: for every constraint there is a lie that breaks it alone. The lie is refused, and accepted once prover and
// verifier leave the constraint out: none can be missing unnoticed, and none is there for nothing. Then cells that are changed at random.
#include <map>

#include "support/network_audit.h"
#include "support/network_lies.h"

namespace sotto {
namespace {

using namespace network_attack;

struct Trial {
  const Subject& (*subject)();
  std::vector<NamedLie> (*lies)();
};
class NetworkLies : public testing::TestWithParam<Trial> {};

TEST_P(NetworkLies, EachIsRefusedAndAcceptedWithoutItsConstraint) {
  const Subject& s = GetParam().subject();
  const std::vector<std::string> names = constraint_names(s);
  const Audit audit(s);
  ASSERT_EQ(verdict(s, prove_plan(s, honest_plan(s))), "accepted");
  ASSERT_TRUE(audit.broken(honest_plan(s)).empty());
  for (const NamedLie& lie : GetParam().lies()) {
    const std::string what = lie.constraint + ": " + lie.what;
    if (!lie.plan.phase1 && !lie.plan.phase2) {
      EXPECT_EQ(audit.broken(lie.plan), std::set<std::string>{lie.constraint}) << what;
    }
    const auto at = std::find(names.begin(), names.end(), lie.constraint);
    ASSERT_NE(at, names.end()) << what;
    const auto power = static_cast<size_t>(at - names.begin());
    EXPECT_NE(verdict(s, prove_plan(s, lie.plan)), "accepted") << what;
    EXPECT_EQ(verdict(s, prove_plan(s, lie.plan, power), power), "accepted") << what << ": the lie itself is wrong";
  }
}

// Both networks together leave no constraint without a lie.
TEST_P(NetworkLies, EveryConstraintHasOne) {
  const Subject& s = GetParam().subject();
  std::set<std::string> have;
  for (const NamedLie& lie : GetParam().lies()) have.insert(lie.constraint);
  if (s.name == "MLP") have.insert({"helper 1", "helper 2", "tables"});  // the GPT's
  for (const std::string& name : constraint_names(s)) EXPECT_TRUE(have.contains(name)) << name;
}

INSTANTIATE_TEST_SUITE_P(All, NetworkLies, testing::Values(Trial{mlp, mlp_lies}, Trial{gpt, gpt_lies}),
                         [](const auto& trial) { return trial.param.subject().name; });

}  // namespace
}  // namespace sotto
