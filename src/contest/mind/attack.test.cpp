// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/attack.h"

#include <gtest/gtest.h>

#include <set>

#include "judge/net/random_network.h"

namespace sotto::contest {
namespace {

const Listener& judge() {
  static const Listener listener(judge::random_network({16, 8, 80000, 8, 4, 3, {3, 3}}, 1));
  return listener;
}

TEST(Attack, ClimbsDeterministicallyAndKeepsTheBest) {
  AttackOptions options;
  options.evaluations = 250;
  options.keep = 5;
  const Attack one = attack(options, judge(), sound::kSizeClasses[0]), again = attack(options, judge(), sound::kSizeClasses[0]);
  ASSERT_EQ(one.curve.size(), 3u);  // 10, 100, 250
  EXPECT_EQ(one.curve[1].evaluations, 100u);
  EXPECT_EQ(one.curve.back().evaluations, 250u);
  EXPECT_LE(one.curve[0].best, one.curve[1].best);
  ASSERT_EQ(one.best.size(), 5u);
  EXPECT_EQ(one.best.front().scored.score, one.curve.back().best);
  std::set<uint64_t> heard;
  for (size_t i = 0; i < one.best.size(); i++) {
    EXPECT_EQ(one.best[i].source, again.best[i].source);
    EXPECT_EQ(one.best[i].scored.score, judge().score(one.best[i].samples));
    if (i > 0) {
      EXPECT_GE(one.best[i - 1].scored.score, one.best[i].scored.score);
    }
    heard.insert(one.best[i].scored.impression.fingerprint);
  }
  EXPECT_EQ(heard.size(), 5u);
  options.seed = 2;
  EXPECT_NE(attack(options, judge(), sound::kSizeClasses[0]).best.front().source, one.best.front().source);
}

// A curve is one search: its points are the ends of shorter ones.
TEST(Attack, ThePointsOfACurveAreShorterAttacks) {
  std::vector<std::string> sources;
  AttackOptions options;
  options.evaluations = 120;
  options.point = [&](const Attack& so_far) { sources.push_back(so_far.best.front().source); };
  const Attack whole = attack(options, judge(), sound::kSizeClasses[0]);
  ASSERT_EQ(sources.size(), whole.curve.size());  // 10, 100, 120
  AttackOptions shorter;
  shorter.evaluations = 100;
  EXPECT_EQ(attack(shorter, judge(), sound::kSizeClasses[0]).best.front().source, sources[1]);
  EXPECT_EQ(whole.best.front().source, sources[2]);
}

TEST(Attack, Stops) {
  AttackOptions options;
  int asked = 0;
  options.stop = [&] { return ++asked > 40; };
  const Attack stopped = attack(options, judge(), sound::kSizeClasses[0]);
  ASSERT_FALSE(stopped.curve.empty());
  EXPECT_LT(stopped.curve.back().evaluations, 41u);
}

}  // namespace
}  // namespace sotto::contest
