// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/node.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/temporary_folder.h"
#include "contest/bus/inproc.h"

namespace sotto::contest {
namespace {

using namespace std::chrono_literals;

class NodeTest : public testing::Test {
 protected:
  const TemporaryFolder temporary_{"sotto-node"};

  NodeTest() {
    root_ = temporary_.path();
  }

  std::unique_ptr<TeamNode> join(const std::string& team, const std::string& name, uint32_t agents = 1) {
    NodeOptions o;
    o.name = name, o.folder = root_ + "/" + team + "-" + name, o.agents = agents, o.look = 5ms, o.beat = 50ms, o.lease = 60s;
    auto node = TeamNode::join(hub_.connect(team).value(), o);
    if (!node) ADD_FAILURE() << node.error().message;
    return node.ok() ? std::move(*node) : nullptr;
  }
  // Waits for the nodes' threads, long enough for a loaded machine.
  static bool soon(const std::function<bool()>& holds) {
    for (int i = 0; i < 2'000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }

  InProcHub hub_;
  std::string root_;
};

TEST_F(NodeTest, EverybodySeesRoundedScoresOfEverybody) {
  const auto a = join("red", "n1", 3), b = join("red", "n2", 2), c = join("blue", "n1", 4);
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(a->agents(), (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(b->agents(), (std::vector<uint32_t>{3, 4}));
  EXPECT_EQ(c->agents(), (std::vector<uint32_t>{0, 1, 2, 3}));  // numbers belong to a team
  EXPECT_TRUE(a->may_run());
  a->publish_tick(7, 513, 1000);
  b->publish_tick(7, 99, 500);
  c->publish_tick(8, 504, 2000);
  for (const TeamNode* node : {a.get(), b.get(), c.get()}) {
    ASSERT_TRUE(soon([&] { return node->board().size() == 3; })) << node->trouble();
    const auto board = node->board();
    EXPECT_EQ(board[0].team + board[0].node, "bluen1");
    EXPECT_EQ(board[0].best, 500u);
    EXPECT_EQ(board[0].slot, 8u);
    EXPECT_EQ(board[1].node, "n1");
    EXPECT_EQ(board[1].best, 510u);
    EXPECT_EQ(board[1].agents, 3u);
    EXPECT_EQ(board[1].songs, 1000u);
    EXPECT_EQ(board[2].node, "n2");
    EXPECT_EQ(board[2].best, 95u);
  }
}

TEST_F(NodeTest, ATeamProvesOneClaimAtATimeAndTheBestFirst) {
  const auto a = join("red", "n1"), b = join("red", "n2"), c = join("red", "n3"), rival = join("blue", "n1");
  ASSERT_TRUE(a && b && c && rival);
  ASSERT_TRUE(soon([&] { return a->may_prove(500); }));
  ASSERT_TRUE(soon([&] { return rival->may_prove(500); }));  // its own seat
  EXPECT_FALSE(b->may_prove(600));
  EXPECT_FALSE(c->may_prove(700));
  std::this_thread::sleep_for(200ms);  // both wishes are heard
  EXPECT_FALSE(b->may_prove(600));
  EXPECT_FALSE(c->may_prove(700));
  a->prove_done(false);
  ASSERT_TRUE(soon([&] { return c->may_prove(700); }));
  EXPECT_FALSE(b->may_prove(600));
  c->prove_done(true);
  ASSERT_TRUE(soon([&] { return b->claimed() == 700; }));  // better than 600: b need not prove
  ASSERT_TRUE(soon([&] { return a->claimed() == 700; }));  // who wants nothing knows, too
  EXPECT_FALSE(b->may_prove(600));
  ASSERT_TRUE(soon([&] { return b->may_prove(701); }));
}

TEST_F(NodeTest, LeavingFreesNameAndSeat) {
  auto a = join("red", "n1");
  const auto b = join("red", "n2");
  ASSERT_TRUE(soon([&] { return a->may_prove(500); }));
  a.reset();
  ASSERT_TRUE(soon([&] { return b->may_prove(400); }));
  EXPECT_EQ(join("red", "n1")->agents(), (std::vector<uint32_t>{0}));
}

// A bus that can be cut, as when the server goes away.
class CutBus : public Bus {
 public:
  CutBus(std::unique_ptr<Bus> inner, std::shared_ptr<std::atomic<bool>> cut) : inner_(std::move(inner)), cut_(std::move(cut)) {}
  const std::string& team() const override { return inner_->team(); }
  Status publish(const std::string& s, ByteSpan d) override { return *cut_ ? gone() : inner_->publish(s, d); }
  Result<std::unique_ptr<Subscription>> subscribe(const std::string& p) override { return inner_->subscribe(p); }
  Result<Bytes> request(const std::string& s, ByteSpan d, std::chrono::milliseconds w) override { return inner_->request(s, d, w); }
  Status respond(const BusMessage& q, ByteSpan d) override { return inner_->respond(q, d); }
  Result<bool> push(const std::string& q, const std::string& i, ByteSpan d) override { return inner_->push(q, i, d); }
  Result<std::optional<Job>> pull(const std::string& q, std::chrono::milliseconds w) override { return inner_->pull(q, w); }
  Status ack(const Job& j) override { return inner_->ack(j); }
  Result<std::optional<KvEntry>> get(const std::string& k) override {
    if (*cut_) return environment_error("cut");
    return inner_->get(k);
  }
  Result<uint64_t> put(const std::string& k, ByteSpan v) override { return inner_->put(k, v); }
  Result<std::optional<uint64_t>> compare_and_set(const std::string& k, ByteSpan v, uint64_t e) override {
    if (*cut_) return environment_error("cut");
    return inner_->compare_and_set(k, v, e);
  }

 private:
  static Status gone() { return environment_error("cut"); }
  std::unique_ptr<Bus> inner_;
  std::shared_ptr<std::atomic<bool>> cut_;
};

TEST_F(NodeTest, AgentsRestWhileTheServerIsSilentForLong) {
  auto cut = std::make_shared<std::atomic<bool>>(false);
  NodeOptions o;
  o.name = "n1", o.folder = root_ + "/cut", o.look = 5ms, o.beat = 50ms, o.lease = 1s;
  auto node = TeamNode::join(std::make_unique<CutBus>(hub_.connect("red").value(), cut), o);
  ASSERT_TRUE(node.ok()) << node.error().message;
  *cut = true;
  ASSERT_TRUE(soon([&] { return !(*node)->may_run(); }));
  EXPECT_EQ((*node)->trouble(), "cut");
  *cut = false;
  ASSERT_TRUE(soon([&] { return (*node)->may_run(); }));
  EXPECT_TRUE(soon([&] { return (*node)->trouble().empty(); }));
}

}  // namespace
}  // namespace sotto::contest
