// SPDX-License-Identifier: Apache-2.0
// One suite for every implementation of the bus: what bus.h promises. A test program includes this and says how a bus of a
// user (red-1, red-2, blue-1) is opened:  INSTANTIATE_TEST_SUITE_P(Name, BusTest, testing::Values(make_world));
#pragma once
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "contest/bus/bus.h"
#include "contest/bus/testing/text.h"

namespace sotto::contest {

inline constexpr auto kAckWait = 1'000ms;  // of the buses under test

// Where the buses of a test meet.
class BusWorld {
 public:
  virtual ~BusWorld() = default;
  virtual std::unique_ptr<Bus> open(const std::string& user) = 0;
};
using MakeWorld = std::unique_ptr<BusWorld> (*)();  // null: cannot run here

class BusTest : public testing::TestWithParam<MakeWorld> {
 protected:
  void SetUp() override {
    world_ = GetParam()();
    if (!world_) GTEST_SKIP();
    red = world_->open("red-1");
    red2 = world_->open("red-2");
    blue = world_->open("blue-1");
    ASSERT_TRUE(red && red2 && blue);
  }
  // The value of a call that must succeed.
  template <class T>
  static T must(Result<T> result) {
    if (!result) ADD_FAILURE() << result.error().message;
    return result.ok() ? std::move(*result) : T();
  }
  static std::unique_ptr<Subscription> listen(Bus& bus, const std::string& pattern) {
    return must(bus.subscribe(pattern));
  }
  static std::string hear(Subscription& s, std::chrono::milliseconds wait = kSoon) {
    const auto m = must(s.next(wait));
    return m ? m->subject + "=" + text(m->data) : "nothing";
  }

  std::unique_ptr<BusWorld> world_;
  std::unique_ptr<Bus> red, red2, blue;
};

TEST_P(BusTest, MessagesArriveInOrderAtEverybodyWhoListens) {
  EXPECT_EQ(red->team(), "red");
  const auto one = listen(*red, "team.x"), two = listen(*red2, "team.*"), three = listen(*red2, "team.>");
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(red2->publish("team.x", bytes(std::to_string(i))).ok());
  ASSERT_TRUE(red2->publish("team.x.y", bytes("deep")).ok());
  for (const auto* s : {&one, &two, &three})
    for (int i = 0; i < 100; ++i) ASSERT_EQ(hear(**s), "team.x=" + std::to_string(i));
  EXPECT_EQ(hear(*three), "team.x.y=deep");
  EXPECT_EQ(hear(*one, kQuiet), "nothing");
  EXPECT_EQ(hear(*two, 0ms), "nothing");
}

TEST_P(BusTest, OnlyThePublicBoardLeavesATeam) {
  const auto team = listen(*blue, "team.>"), own = listen(*blue, "public.>"), others = listen(*blue, "from.>");
  const auto at_home = listen(*red2, "public.board.*");
  ASSERT_TRUE(red->publish("team.secret", bytes("s")).ok());
  ASSERT_TRUE(red->publish("public.board.n1", bytes("5.10")).ok());
  EXPECT_EQ(hear(*others), "from.red.public.board.n1=5.10");
  EXPECT_EQ(hear(*at_home), "public.board.n1=5.10");
  EXPECT_EQ(hear(*team, kQuiet), "nothing");
  EXPECT_EQ(hear(*own, 0ms), "nothing");
  // Nobody speaks for another team.
  EXPECT_FALSE(blue->publish("from.red.public.board.n1", bytes("9.99")).ok());
}

TEST_P(BusTest, RequestsAreAnsweredWithinTheTeam) {
  const auto questions = listen(*red, "team.sum");
  std::thread server([&] {
    const auto m = questions->next(kSoon);
    ASSERT_TRUE(m.ok() && *m);
    EXPECT_TRUE(red->respond(**m, bytes("re: " + text((**m).data))).ok());
  });
  const auto answer = red2->request("team.sum", bytes("1+1"), kSoon);
  server.join();
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(text(*answer), "re: 1+1");
  EXPECT_EQ(red2->request("team.sum", bytes("?"), kQuiet).error().message, "no answer on team.sum within 200 ms");
  EXPECT_EQ(red2->request("team.nobody", bytes("?"), kSoon).error().message, "nobody listens to team.nobody");
  EXPECT_EQ(blue->request("team.sum", bytes("?"), kSoon).error().message, "nobody listens to team.sum");
  EXPECT_FALSE(red->respond({"team.sum", {}, ""}, bytes("!")).ok());
}

TEST_P(BusTest, AJobGoesToOnePullerOnce) {
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(must(red->push("prove", "job-" + std::to_string(i), bytes(std::to_string(i)))));
  EXPECT_FALSE(must(red2->push("prove", "job-3", bytes("again"))));  // the same id: nothing happens
  EXPECT_TRUE(must(red->push("other", "job-3", bytes("o"))));        // in another queue it is another job
  std::multiset<std::string> done;
  for (int i = 0; i < 20; ++i) {
    Bus& puller = i % 2 ? *red : *red2;
    const auto job = must(puller.pull("prove", kSoon));
    ASSERT_TRUE(job) << i;
    done.insert(text(job->data));
    must(puller.ack(*job));
  }
  EXPECT_EQ(done.size(), 20u);
  EXPECT_EQ(std::set<std::string>(done.begin(), done.end()).size(), 20u);
  EXPECT_FALSE(must(red->pull("prove", kAckWait + kQuiet)));  // nor does anything come back
  EXPECT_FALSE(must(blue->pull("prove", kQuiet)));            // the rivals' queue of the same name is another one
}

TEST_P(BusTest, AJobThatIsNotAcknowledgedComesBack) {
  EXPECT_TRUE(must(red->push("prove", "a", bytes("work"))));
  EXPECT_TRUE(must(red->pull("prove", kSoon)));  // whoever took it is killed now
  const auto job = must(red2->pull("prove", kSoon));
  ASSERT_TRUE(job);
  EXPECT_EQ(text(job->data), "work");
  must(red2->ack(*job));
  EXPECT_FALSE(must(red->pull("prove", kAckWait + kQuiet)));
}

TEST_P(BusTest, ValuesAreComparedBeforeTheyAreSet) {
  EXPECT_FALSE(must(red->get("seat")));
  const auto made = must(red->compare_and_set("seat", bytes("a"), 0));
  ASSERT_TRUE(made);
  EXPECT_FALSE(must(red2->compare_and_set("seat", bytes("b"), 0)));
  const auto seen = must(red2->get("seat"));
  ASSERT_TRUE(seen);
  EXPECT_EQ(text(seen->value), "a");
  EXPECT_EQ(seen->revision, *made);
  const auto moved = must(red2->compare_and_set("seat", bytes("c"), *made));
  ASSERT_TRUE(moved);
  EXPECT_GT(*moved, *made);
  EXPECT_FALSE(must(red->compare_and_set("seat", bytes("d"), *made)));
  EXPECT_GT(must(red->put("seat", {})), *moved);
  EXPECT_EQ(must(red2->get("seat"))->value.size(), 0u);
  EXPECT_FALSE(must(blue->get("seat")));  // a team's values are its own
  EXPECT_TRUE(must(blue->compare_and_set("seat", bytes("blue"), 0)));
  EXPECT_EQ(must(red->get("seat"))->value.size(), 0u);
}

// Many nodes at once count to 60 in one value: no step is lost, none is taken twice.
TEST_P(BusTest, CompareAndSetHasOneWinner) {
  const auto count = [&](Bus& bus, int steps) {
    for (int done = 0; done < steps;) {
      const auto seen = must(bus.get("count"));
      const int n = seen ? std::stoi(text(seen->value)) : 0;
      done += must(bus.compare_and_set("count", bytes(std::to_string(n + 1)), seen ? seen->revision : 0)).has_value();
      if (HasFailure()) return;
    }
  };
  std::thread a([&] { count(*red, 30); }), b([&] { count(*red2, 30); });
  a.join();
  b.join();
  EXPECT_EQ(text(must(red->get("count"))->value), "60");
}

TEST_P(BusTest, OddNamesAndLongMessagesAreRefused) {
  for (const std::string name : {"", ".", "team", "team.", "team..x", "team.x y", "team.*", "team.>", "other.x", "$JS.API.INFO", "_INBOX.x"})
    EXPECT_EQ(red->publish(name, {}).error().kind, ErrorKind::kUsage) << name;
  for (const std::string name : {">", "*.x", "team.>.x", "$SYS.>", "_INBOX.>", "team.x*"})
    EXPECT_EQ(red->subscribe(name).error().kind, ErrorKind::kUsage) << name;
  EXPECT_FALSE(red->push("a.b", "id", {}).ok());
  EXPECT_FALSE(red->get("a b").ok());
  EXPECT_TRUE(red->publish("team.x", Bytes(Bus::kMaxPayload)).ok());
  EXPECT_FALSE(red->publish("team.x", Bytes(Bus::kMaxPayload + 1)).ok());
  EXPECT_TRUE(red->put("big", Bytes(Bus::kMaxPayload)).ok());
  EXPECT_EQ(must(red->get("big"))->value.size(), Bus::kMaxPayload);
  EXPECT_FALSE(red->put("big", Bytes(Bus::kMaxPayload + 1)).ok());
}

}  // namespace sotto::contest
