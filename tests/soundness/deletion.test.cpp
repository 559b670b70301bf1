// SPDX-License-Identifier: Apache-2.0
// Deletion of single constraints. The list of all constraints and of all components of all lookups is read off the
// statement's code; for each there is a forgery that breaks it and nothing else, so that it is accepted once this one
// is deleted. A new constraint, column of a lookup or power of alpha without a forgery fails here. What no forgery
// needs is named with its reason. Powers of alpha whose columns only exist after the challenges are deleted in whole
// proofs (terms.test.cpp).
#include "soundness/constraint_forgeries.h"
#include "support/verdict.h"

namespace sotto {
namespace {

using namespace forge;
using namespace claim;

const VerifyingKey& vk() { return attack_start().key->vk; }

// ---- What needs no forgery, and why

const char* const kOneColumn = "every first entry of every table is in the range table: no other id helps";
const char* const kUnused = "no relation reads this limb in this region; it is looked up because its helper is shared";
std::map<std::pair<std::string, std::string>, const char*> exceptions() {
  std::map<std::pair<std::string, std::string>, const char*> all;
  for (const auto& [where, site] : audit().lookups())
    if (site.table == kTableRange) all[{Audit::lookup_name(where, site), "table"}] = kOneColumn;
  for (const auto& [where, first] : {std::pair("layer 0", 1), std::pair("layer 1", 1), std::pair("score", 2)})
    for (int q = first; q < 4; q++)
      all[{std::string(where) + ": range q" + std::to_string(q), kColumnNames[kQ0 + q]}] = kUnused;
  return all;
}

// ---- The tests

TEST(Deletion, HonestTablesBreakNothing) {
  EXPECT_TRUE(audit().broken(attack_start().tables, attack_start().score).empty());
  Tables t = attack_start().tables;
  audit().recount(t);
  EXPECT_EQ(t[kM], attack_start().tables[kM]);
}

TEST(Deletion, EveryConstraintHasAForgery) {
  std::set<std::pair<std::string, std::string>> wanted, there;
  for (const std::string& name : audit().constraints()) wanted.insert({name, ""});
  for (const auto& [where, site] : audit().lookups()) {
    wanted.insert({Audit::lookup_name(where, site), "table"});
    for (const Part& part : site.parts) wanted.insert({Audit::lookup_name(where, site), kColumnNames[part.column]});
  }
  for (const auto& [what, f] : forgeries()) there.insert({what, f.component});
  std::multimap<std::string, std::function<void(Tables&)>> counts;
  multiplicity_forgeries(counts);
  for (const auto& [what, change] : counts) there.insert({what, ""});
  for (const auto& [what, why] : exceptions()) {
    EXPECT_FALSE(there.contains(what)) << what.first << ", " << what.second << " has a forgery and an excuse";
    there.insert(what);
  }
  for (const auto& [what, component] : wanted)
    EXPECT_TRUE(there.contains({what, component})) << "no forgery for " << what << " " << component;
  for (const auto& [what, component] : there)
    EXPECT_TRUE(wanted.contains({what, component})) << "forgery for nothing: " << what << " " << component;
  std::cout << wanted.size() << " constraints and components of lookups, " << exceptions().size()
            << " of them without effect\n";
}

// Every power of alpha is one of the names above, or deleted in whole proofs by terms.test.cpp.
TEST(Deletion, EveryPowerOfAlphaHasAName) {
  const std::vector<std::string> list = audit().constraints();
  const std::set<std::string> names(list.begin(), list.end());
  auto named = [&](unsigned term) -> std::vector<std::string> {
    if (term < kFirstConstraint[sound::kOpCount]) {
      unsigned op = 0;
      while (term >= kFirstConstraint[op + 1]) op++;
      return {Audit::op_name(op, term - kFirstConstraint[op])};
    }
    if (term >= kRelConv) return {"convolution " + std::to_string(term - kRelConv)};
    switch (term) {
      case kTermCarry:
        return {"carry is a bit"};
      case kTermZero:
        return {"zero flag is a bit"};
      case kTermLog:
        return {"logarithm"};
      case kTermTables:
        return {"multiplicities"};
      case kTermSongTable:
        return {"multiplicities of the song"};
      case kTermBoolean:
        return {"bits: flags", "bits: selectors a", "bits: selectors b", "bits: selectors c"};
      case kTermForward:
        return {"forward: selectors a", "forward: selectors b", "forward: selectors c"};
      case kRelOperands:
      case kRelV1:
      case kRelV2:
        return {"operand a", "operand b", "operand c"};
      case kRelFlags:
        return {"one-hot: flags"};
      case kRelSelectA:
        return {"one-hot: selectors a"};
      case kRelSelectB:
        return {"one-hot: selectors b"};
      case kRelSelectC:
        return {"one-hot: selectors c"};
      case kRelDft:
        return {"spectrum"};
      case kRelMel:
        return {"mel"};
      case kRelHead:
        return {"head"};
      case kRelScore:
        return {"score"};
      // one power for all lookups of a helper; the lookups have names of their own
      case kTermH1:
      case kTermH2:
      case kTermLookup:
      case kTermRange:
      case kTermLogTables:
      case kTermAct:
      case kTermScoreTable:
      case kRelLogUp:
        return {"lookups"};
    }
    return {};
  };
  std::set<std::string> used;
  for (unsigned term = 0; term < term_count(shape()); term++) {
    const std::vector<std::string> pieces = named(term);
    EXPECT_FALSE(pieces.empty()) << "power " << term << " of alpha has no name";
    for (const std::string& p : pieces) {
      EXPECT_TRUE(p == "lookups" || names.contains(p)) << p;
      used.insert(p);
    }
  }
  for (const std::string& name : names) EXPECT_TRUE(used.contains(name)) << name;
}

TEST(Deletion, EveryForgeryBreaksItsConstraintAlone) {
  unsigned heard = 0, count = 0;
  for (const auto& [what, f] : forgeries()) {
    const std::string name = what + " " + f.component + ": " + f.name;
    const Start start = f.start(false);
    Tables t = start.tables;
    const uint32_t score = claimed(f, start, t);
    audit().leave_nothing_out();
    const std::set<Broken> broken = audit().broken(t, score);
    EXPECT_FALSE(broken.empty()) << name << " is no lie";
    for (const Broken& b : broken) EXPECT_EQ(b.what, what) << name << " also breaks it in row " << b.at;
    if (!f.component.empty()) {
      audit().leave_out(what, f.component);
      EXPECT_TRUE(audit().broken(t, score).empty()) << name << " does not need this component";
      audit().leave_nothing_out();
    }
    heard += score != start.score, count++;
  }
  EXPECT_GT(heard, count / 2);
  std::multimap<std::string, std::function<void(Tables&)>> counts;
  multiplicity_forgeries(counts);
  for (const auto& [what, change] : counts) {
    Tables t = attack_start().tables;
    change(t);
    const std::set<Broken> broken = audit().broken(t, attack_start().score);
    ASSERT_EQ(broken.size(), 1u);
    EXPECT_EQ(broken.begin()->what, what);
  }
}

// The same lies in whole proofs (those of operations are in operations.test.cpp).
TEST(Deletion, EveryForgeryIsRejected) {
  for (const auto& [what, f] : forgeries()) {
    if (std::any_of(std::begin(kOperationLies), std::end(kOperationLies), [&](const OperationLie& l) {
          return Audit::op_name(static_cast<unsigned>(l.op), l.constraint) == what;
        }))
      continue;
    const Start start = f.start(true);
    const Plan plan{.cells = [&](Tables& t) { return claimed(f, start, t); }, .recount = false};
    expect_rejected(vk(), forge::forge(start, plan), what + " " + f.component + ": " + f.name, "reduction identity");
  }
  std::multimap<std::string, std::function<void(Tables&)>> counts;
  multiplicity_forgeries(counts);
  for (const auto& [what, change] : counts)
    expect_rejected(vk(), forge::forge(attack_start(), {.phase1 = change}), what, "reduction identity");
}

// What has an excuse has no effect: unused limbs may hold anything of their range.
TEST(Deletion, ExcusesHold) {
  std::mt19937_64 random(8);
  for (const auto& [what, why] : exceptions()) {
    if (why != kUnused) continue;
    const unsigned q = static_cast<unsigned>(what.second[1] - '0');
    const uint64_t x = what.first.starts_with("score")
                           ? layout().score_row
                           : audit().conv_layer_rows(static_cast<size_t>(what.first[6] - '0'))[2];
    Tables t = attack_start().tables;
    t[kQ0 + q][x] = Fr(random() % (uint64_t{1} << shape().range_bits()));
    audit().recount(t);
    EXPECT_TRUE(audit().broken(t, attack_start().score).empty()) << what.first;
    t[kQ0 + q][x] = range();
    audit().recount(t);
    const std::set<Broken> broken = audit().broken(t, attack_start().score);
    ASSERT_EQ(broken.size(), 1u) << what.first;
    EXPECT_EQ(broken.begin()->what, what.first);
  }
  // Every value that begins a tuple of any table is in the range table.
  std::set<std::array<uint64_t, 4>> in_range;
  for (const auto& [x, tuple] : audit().table())
    if (tuple[0] == Fr(uint64_t{kTableRange})) in_range.insert(tuple[1].to_limbs());
  EXPECT_EQ(in_range.size(), size_t{1} << shape().range_bits());
  for (const auto& [x, tuple] : audit().table()) EXPECT_TRUE(in_range.contains(tuple[1].to_limbs()));
}

}  // namespace
}  // namespace sotto
