// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/lease.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"
#include "contest/bus/inproc.h"
#include "contest/bus/prover_seat.h"

namespace sotto::contest {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<uint32_t>;

// A team on one bus, with a clock that only the test moves.
class LeaseTest : public testing::Test {
 protected:
  const TemporaryFolder temporary_{"sotto-lease"};

  LeaseTest() {
    root_ = temporary_.path();
    bus = hub_.connect("red").value();
  }

  LeaseOptions options(const std::string& node, uint32_t agents, uint32_t team_agents = 100) {
    LeaseOptions o;
    o.node = node, o.folder = root_ + "/" + node, o.agents = agents, o.team_agents = team_agents, o.duration = 60s;
    o.clock = [this] { return now; };
    o.rest = [this](std::chrono::milliseconds wait) {
      now += wait;
      if (on_rest) on_rest();
      return ++rests_ < 10'000;
    };
    return o;
  }
  Result<Lease> take(const std::string& node, uint32_t agents, uint32_t team_agents = 100) {
    return Lease::take(*bus, options(node, agents, team_agents));
  }
  Lease must(const std::string& node, uint32_t agents, uint32_t team_agents = 100) {
    auto lease = take(node, agents, team_agents);
    if (!lease) ADD_FAILURE() << lease.error().message;
    return std::move(*lease);
  }
  bool held(const Lease& lease) const { return now < lease.held_until(); }

  InProcHub hub_;
  std::unique_ptr<Bus> bus;
  std::string root_;
  std::chrono::milliseconds now{1'000'000};
  std::function<void()> on_rest;
  int rests_ = 0;
};

TEST_F(LeaseTest, TwoNodesNeverHaveTheSameAgent) {
  const Lease a = must("a", 3), b = must("b", 2), c = must("c", 1);
  EXPECT_EQ(a.agents(), (Numbers{0, 1, 2}));
  EXPECT_EQ(b.agents(), (Numbers{3, 4}));
  EXPECT_EQ(c.agents(), (Numbers{5}));
}

TEST_F(LeaseTest, AKilledNodeGetsItsNumbersBackAtOnceInItsFolder) {
  auto a = std::make_unique<Lease>(must("a", 2));
  const Lease b = must("b", 2);
  a.reset();  // as after kill -9: nothing is given back
  const auto before = now;
  const Lease again = must("a", 3);
  EXPECT_EQ(now, before);
  EXPECT_EQ(again.agents(), (Numbers{0, 1, 4}));
  EXPECT_EQ(b.agents(), (Numbers{2, 3}));
}

TEST_F(LeaseTest, FewerAgentsKeepTheOtherNumbersForTheFolder) {
  { const Lease a = must("a", 3); }
  { const Lease a = must("a", 1); EXPECT_EQ(a.agents(), (Numbers{0})); }
  const Lease b = must("b", 1);
  EXPECT_EQ(b.agents(), (Numbers{3}));
  EXPECT_EQ(must("a", 3).agents(), (Numbers{0, 1, 2}));
}

TEST_F(LeaseTest, OneProcessPerFolderAndOneFolderPerNode) {
  const Lease a = must("a", 1);
  EXPECT_EQ(take("a", 1).error().message, "another node is running in " + root_ + "/a");
  auto other_name = options("b", 1);
  { const Lease b = must("b", 1); }
  other_name.node = "c";
  const auto refused = Lease::take(*bus, other_name);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUsage);
}

TEST_F(LeaseTest, ANameInUseIsRefusedWhileItsNodeLives) {
  Lease a = must("a", 1);
  on_rest = [&] { ASSERT_TRUE(a.renew().ok()); };
  auto elsewhere = options("a", 1);
  elsewhere.folder = root_ + "/elsewhere";
  const auto refused = Lease::take(*bus, elsewhere);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "another machine is running as node a; choose another --node");
  EXPECT_TRUE(held(a));
}

// The folder is lost: the name is free once the lease has run out, the old number stays with the lost folder.
TEST_F(LeaseTest, ALostFoldersNameIsFreeAfterTheLease) {
  { const Lease a = must("a", 1); }
  auto elsewhere = options("a", 1);
  elsewhere.folder = root_ + "/elsewhere";
  const auto before = now;
  auto a = Lease::take(*bus, elsewhere);
  ASSERT_TRUE(a.ok()) << a.error().message;
  EXPECT_GE(now - before, 60s);
  EXPECT_EQ(a->agents(), (Numbers{1}));
}

TEST_F(LeaseTest, TheLeaseRunsOutWithoutBeats) {
  Lease a = must("a", 1);
  now += 59s;
  EXPECT_TRUE(held(a));
  now += 1s;
  EXPECT_FALSE(held(a));
  ASSERT_TRUE(a.renew().ok());  // nobody took the number
  EXPECT_TRUE(held(a));
  ASSERT_TRUE(a.give_back().ok());
}

// Only when no number is free, and only after its lease, a gone node's numbers go to another one.
TEST_F(LeaseTest, NumbersOfAGoneNodeAreGivenAwayLast) {
  auto a = std::make_unique<Lease>(must("a", 2, 4));
  Lease b = must("b", 1, 4);
  a.reset();
  const auto before = now;
  on_rest = [&] { ASSERT_TRUE(b.renew().ok()); };
  const Lease c = must("c", 2, 4);
  EXPECT_GE(now - before, 60s);
  EXPECT_EQ(c.agents(), (Numbers{3, 0}));
  // Number 1 is still the folder's; number 0 is not. b lives, so a cannot have two.
  EXPECT_EQ(must("a", 1, 4).agents(), (Numbers{1}));
  EXPECT_EQ(b.agents(), (Numbers{2}));
}

TEST_F(LeaseTest, ANodeThatWasCutOffNoticesWhatItHasLost) {
  Lease a = must("a", 1, 1);
  on_rest = nullptr;
  const Lease b = must("b", 1, 1);  // a is silent all the while
  EXPECT_EQ(b.agents(), a.agents());
  EXPECT_FALSE(held(a));  // so it had stopped before
  const auto lost = a.renew();
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().kind, ErrorKind::kRejected);
  EXPECT_FALSE(held(a));
  EXPECT_FALSE(a.renew().ok());
}

TEST_F(LeaseTest, AllNumbersInUseIsAnError) {
  Lease a = must("a", 2, 2);
  on_rest = [&] { ASSERT_TRUE(a.renew().ok()); };
  const auto full = take("b", 1, 2);
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().kind, ErrorKind::kEnvironment);
  EXPECT_TRUE(a.renew().ok());
}

TEST_F(LeaseTest, ABrokenDeedIsRefused) {
  { const Lease a = must("a", 1); }
  std::ofstream(root_ + "/a/node.json") << "{\"sotto_node\":1";
  EXPECT_EQ(take("a", 1).error().kind, ErrorKind::kInput);
}

TEST_F(LeaseTest, OneNodeProvesAtATime) {
  Lease a = must("a", 1), b = must("b", 1);
  NodeWatch watch_a(*bus, options("a", 1).clock), watch_b(*bus, options("b", 1).clock);
  ProverSeat seat_a(*bus, watch_a, "a"), seat_b(*bus, watch_b, "b");
  EXPECT_TRUE(*seat_a.take(500, a.session()));
  EXPECT_TRUE(*seat_a.take(500, a.session()));
  EXPECT_FALSE(*seat_b.take(900, b.session()));
  ASSERT_TRUE(seat_a.leave(true, a.session()).ok());
  EXPECT_FALSE(seat_a.ours());
  EXPECT_FALSE(*seat_b.take(500, b.session()));  // the team has claimed with 500 already
  EXPECT_EQ(seat_b.claimed(), 500u);
  EXPECT_TRUE(*seat_b.take(501, b.session()));
  // b is killed: after its lease the seat is free, and nothing was claimed.
  EXPECT_FALSE(*seat_a.take(501, a.session()));
  now += 60s;
  EXPECT_TRUE(*seat_a.take(501, a.session()));
  EXPECT_EQ(seat_a.claimed(), 500u);
  // b comes back with the seat it believes to hold; leaving it changes nothing for a.
  ASSERT_TRUE(seat_b.leave(false, b.session()).ok());
  EXPECT_TRUE(*seat_a.take(501, a.session()));
}

TEST_F(LeaseTest, ARestartedNodeFreesTheSeatOfItsOldSession) {
  auto a = std::make_unique<Lease>(must("a", 1));
  const Lease b = must("b", 1);
  NodeWatch watch(*bus, options("a", 1).clock);
  ProverSeat seat_a(*bus, watch, "a"), seat_b(*bus, watch, "b");
  EXPECT_TRUE(*seat_a.take(500, a->session()));
  a.reset();
  EXPECT_FALSE(*seat_b.take(400, b.session()));
  a = std::make_unique<Lease>(must("a", 1));
  EXPECT_TRUE(*seat_b.take(400, b.session()));
}

}  // namespace
}  // namespace sotto::contest
