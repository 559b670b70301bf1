// SPDX-License-Identifier: Apache-2.0
// Proofs about networks: for every constraint there is a lie that breaks it alone. Both verifiers refuse the lie for the
// same reason, and the native one accepts it once prover and verifier leave the constraint out: none can be missing
// unnoticed, and none is there for nothing.
#include <map>

#include "support/evm_network.h"
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

// The contract's verdict and reason must be the native ones. Returns whether there is a contract.
bool compare_verdicts(const Subject& s, const Proven& p, const std::string& what) {
  EvmNetwork* const evm = evm_network_verdict();
  if (!evm) return false;
  const std::string native = verdict(s, p);
  EXPECT_EQ(evm->accepts(s.key->vk, p.statement, p.proof), native == "accepted")
      << what << ": the contract says " << evm->failure() << ", native " << native;
  EXPECT_EQ(evm->failed_with("BadReduction"), native == "proof rejected: reduction identity") << what << ": " << evm->failure();
  return true;
}

void check(const Subject& s, const std::vector<NamedLie>& lies) {
  const std::vector<std::string> names = constraint_names(s);
  const Audit audit(s);
  const Proven honest = prove_plan(s, honest_plan(s));
  ASSERT_EQ(verdict(s, honest), "accepted");
  size_t by_contract = compare_verdicts(s, honest, "honest");
  ASSERT_TRUE(audit.broken(honest_plan(s)).empty());
  for (const NamedLie& lie : lies) {
    const std::string what = lie.constraint + ": " + lie.what;
    if (!lie.plan.phase1 && !lie.plan.phase2) {
      EXPECT_EQ(audit.broken(lie.plan), std::set<std::string>{lie.constraint}) << what;
    }
    const auto at = std::find(names.begin(), names.end(), lie.constraint);
    ASSERT_NE(at, names.end()) << what;
    const auto power = static_cast<size_t>(at - names.begin());
    const Proven lied = prove_plan(s, lie.plan);
    EXPECT_EQ(verdict(s, lied), "proof rejected: reduction identity") << what;
    by_contract += compare_verdicts(s, lied, what);
    EXPECT_EQ(verdict(s, prove_plan(s, lie.plan, power), power), "accepted") << what << ": the lie itself is wrong";
  }
  std::printf("%s: %zu lies; the contract was asked %zu times\n", s.name.c_str(), lies.size(), by_contract);
}

TEST_P(NetworkLies, EachIsRefusedAndAcceptedWithoutItsConstraint) { check(GetParam().subject(), GetParam().lies()); }
TEST(NetworkRoots, AFractionIsRefused) { check(one_row(), fractional_root()); }

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

// ---- Cells at random

// A cell that is changed alone must be noticed, unless it is one of these. What is not read may hold any number of 16 bits where it is
// looked up, and anything elsewhere.
bool is_free(const Subject& s, const Audit& audit, unsigned column, uint64_t row) {
  if (!audit.is_read(column, row)) return true;
  // The bits of tokens that do not exist meet no weight.
  if (s.name != "GPT" || column != kC) return false;
  const Block tokens = block_of(s.circuit().relations[s.relation("one-hot")].terms[0]);
  return row - tokens.base < tokens.size && row % 8 >= 5;
}

// The argument of a function has a value, which would be another.
bool is_argument(const Subject& s, unsigned column, uint64_t row) {
  return column == kIn && s.network().public_columns[kLookup - kWitnessColumns][row] != kRangeTable;
}

// The network's blocks: where each relation's terms lie, and a row behind each.
std::vector<uint64_t> interesting_rows(const Subject& s, std::mt19937_64& random) {
  std::set<uint64_t> rows;
  for (const Relation& r : s.circuit().relations)
    for (const Term& t : r.terms) {
      const Block b = block_of(t);
      if (t.column >= kM) continue;
      for (uint64_t row : {b.base, b.base + b.size - 1, b.base + random() % b.size, b.base + random() % b.size, b.base + b.size})
        if (row < s.circuit().data_rows) rows.insert(row);
    }
  return {rows.begin(), rows.end()};
}

class NetworkCells : public testing::TestWithParam<const Subject& (*)()> {};

TEST_P(NetworkCells, ChangedAtRandomAreNoticedOrFree) {
  const Subject& s = GetParam()();
  const Audit audit(s);
  std::mt19937_64 random(7);
  const Plan honest = honest_plan(s);
  std::map<bool, std::vector<std::pair<Plan, std::string>>> sample;
  std::array<size_t, 2> count{};
  for (const uint64_t row : interesting_rows(s, random))
    for (unsigned column = kIn; column < kM; column++) {
      Plan plan = honest;
      int64_t& cell = plan.cells.at(column, row);
      const bool is_table = column == kIn || column == kOut || column >= kQ0;
      const bool is_value = column == kOut;  // pinned by its argument
      if (is_table) cell = (cell + 1 + static_cast<int64_t>(random() % 0xffff)) & 0xffff;
      else if (cell == 0 || cell == 1) cell ^= 1;  // the most plausible lie for a bit
      else cell += 1 + static_cast<int64_t>(random() % 1000);
      const std::string what = s.name + ": column " + std::to_string(column) + ", row " + std::to_string(row);
      const bool free = !is_value && is_free(s, audit, column, row) && !is_argument(s, column, row);
      EXPECT_EQ(audit.broken(plan).empty(), free) << what;
      count[free]++;
      if (auto& some = sample[free]; some.size() < 4 || random() % 40 == 0) some.emplace_back(plan, what);
    }
  std::printf("%s: %zu cells must be noticed, %zu are free\n", s.name.c_str(), count[0], count[1]);
  for (auto& [free, plans] : sample) {
    std::shuffle(plans.begin(), plans.end(), random);
    for (size_t i = 0; i < std::min<size_t>(plans.size(), 6); i++) {
      const Proven proven = prove_plan(s, plans[i].first);
      EXPECT_EQ(verdict(s, proven) == "accepted", free) << plans[i].second;
      compare_verdicts(s, proven, plans[i].second);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, NetworkCells, testing::Values(mlp, gpt), [](const auto& trial) { return trial.param().name; });

}  // namespace
}  // namespace sotto
