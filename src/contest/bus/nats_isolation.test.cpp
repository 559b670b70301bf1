// SPDX-License-Identifier: Apache-2.0
// Two teams on one real nats-server with the generated configuration: what a hostile team can reach of the other one. The
// attacker speaks to the server directly, without our bus between them: once as a user of the generated configuration, and
// once as a user of the same account whom no rule limits, so that the account boundary is tested alone, too.
#include <gtest/gtest.h>
#include <nats/nats.h>

#include <mutex>
#include <set>
#include <thread>

#include "contest/bus/nats_names.h"
#include "contest/bus/testing/nats_server.h"
#include "contest/bus/testing/text.h"

namespace sotto::contest {
namespace {

constexpr const char* kLoose = "loose";

// Adds a user without any permission rule to team blue.
void add_loose_user(std::string& config) {
  const size_t users = config.find("users: [\n", config.find("TEAM_blue: {"));
  ASSERT_NE(users, std::string::npos);
  config.insert(users + 9, "      { user: \"loose\", password: \"loose\" }\n");
}

// A connection of the attacker.
class Attacker {
 public:
  Attacker(const TestNatsServer& server, const std::string& user, const std::string& password, const std::string& inbox = "_INBOX.x") {
    natsOptions* o = nullptr;
    EXPECT_EQ(natsOptions_Create(&o), NATS_OK);
    natsOptions_SetURL(o, server.url().c_str());
    natsOptions_SetUserInfo(o, user.c_str(), password.c_str());
    natsOptions_SetCustomInboxPrefix(o, inbox.c_str());
    natsOptions_SetErrorHandler(o, note, this);
    EXPECT_EQ(natsConnection_Connect(&connection_, o), NATS_OK) << user;
    natsOptions_Destroy(o);
  }
  ~Attacker() {
    for (natsSubscription* s : subscriptions_) natsSubscription_Destroy(s);
    natsConnection_Destroy(connection_);
  }
  Attacker(const Attacker&) = delete;

  // Listens; what is heard comes out of heard().
  void listen(const std::string& pattern) {
    natsSubscription* s = nullptr;
    EXPECT_EQ(natsConnection_SubscribeSync(&s, connection_, pattern.c_str()), NATS_OK);
    natsConnection_Flush(connection_);
    subscriptions_.push_back(s);
  }
  std::multiset<std::string> heard() {
    natsConnection_Flush(connection_);
    std::multiset<std::string> subjects;
    for (natsSubscription* s : subscriptions_) {
      natsMsg* m = nullptr;
      while (natsSubscription_NextMsg(&m, s, 150) == NATS_OK) {
        subjects.insert(natsMsg_GetSubject(m));
        natsMsg_Destroy(m);
      }
    }
    return subjects;
  }
  // The answer to a request; "none" when there is none. Refused requests get none; refusals() counts those.
  std::string ask(const std::string& subject, const std::string& body = "", int wait_ms = 400) {
    natsMsg* m = nullptr;
    if (natsConnection_RequestString(&m, connection_, subject.c_str(), body.c_str(), wait_ms) != NATS_OK) return "none";
    const std::string answer(natsMsg_GetData(m), static_cast<size_t>(natsMsg_GetDataLength(m)));
    natsMsg_Destroy(m);
    return answer;
  }
  void say(const std::string& subject) {
    natsConnection_PublishString(connection_, subject.c_str(), "forged");
    natsConnection_Flush(connection_);
  }
  // How often the server said "permissions violation".
  int refusals() {
    natsConnection_Flush(connection_);
    nats_Sleep(50);
    const std::lock_guard lock(mutex_);
    return refusals_;
  }

 private:
  static void note(natsConnection*, natsSubscription*, natsStatus status, void* self) {
    auto* attacker = static_cast<Attacker*>(self);
    const std::lock_guard lock(attacker->mutex_);
    attacker->refusals_ += status == NATS_NOT_PERMITTED;
  }

  natsConnection* connection_ = nullptr;
  std::vector<natsSubscription*> subscriptions_;
  std::mutex mutex_;
  int refusals_ = 0;
};

class IsolationTest : public testing::Test {
 protected:
  void SetUp() override {
    SOTTO_SKIP_WITHOUT_NATS();
    server_ = std::make_unique<TestNatsServer>(std::vector<std::string>{"red", "blue"}, add_loose_user);
    red = server_->connect("red-1");
    red2 = server_->connect("red-2");
    ASSERT_TRUE(red && red2);
    ASSERT_TRUE(red->put("prover", bytes("secret seat")).ok());
    ASSERT_TRUE(red->push("prove", "job-1", bytes("secret job")).ok());
  }
  std::unique_ptr<Attacker> generated(const std::string& user = "blue-1") {
    const Credentials c = server_->options(user).credentials;
    return std::make_unique<Attacker>(*server_, c.user, c.password, c.inbox);
  }
  std::unique_ptr<Attacker> loose() { return std::make_unique<Attacker>(*server_, kLoose, kLoose); }

  // Everything that team red does in its daily life, with an answered request, a job and a changed value.
  void live() {
    const auto questions = red2->subscribe("team.sum");
    std::thread answers([&] {
      const auto m = (*questions)->next(kSoon);
      ASSERT_TRUE(m.ok() && *m);
      EXPECT_TRUE(red2->respond(**m, bytes("secret answer")).ok());
    });
    EXPECT_EQ(text(red->request("team.sum", bytes("secret question"), kSoon).value()), "secret answer");
    answers.join();
    EXPECT_TRUE(red->publish("team.wish", bytes("secret wish")).ok());
    EXPECT_TRUE(red->put("prover", bytes("secret seat 2")).ok());
    EXPECT_TRUE(red->publish("public.board.n1", bytes("5.10")).ok());
    EXPECT_TRUE(red->get("prover").value().has_value());
  }
  // Nothing of team red was lost or changed.
  void expect_red_whole() {
    const auto seat = red->get("prover");
    ASSERT_TRUE(seat.ok() && *seat) << "the value is gone";
    EXPECT_EQ(text((**seat).value).rfind("secret seat", 0), 0u);
    const auto job = red->pull("prove", kSoon);
    ASSERT_TRUE(job.ok() && *job) << "the job is gone";
    EXPECT_EQ(text((**job).data), "secret job");
  }

  std::unique_ptr<TestNatsServer> server_;
  std::unique_ptr<Bus> red, red2;
};

TEST_F(IsolationTest, AWildcardHearsThePublicBoardOnly) {
  const auto unlimited = loose(), limited = generated();
  for (const char* pattern : {">", "_INBOX.>", "team.>", "$JS.>", "$KV.>", "queue.>"}) unlimited->listen(pattern);
  limited->listen("from.>");
  limited->listen("team.>");
  EXPECT_EQ(limited->refusals(), 0);
  for (const char* pattern : {">", "*.>", "_INBOX.>", "$JS.>", "$KV.>", "queue.>", "$SYS.>"}) limited->listen(pattern);
  EXPECT_EQ(limited->refusals(), 7);
  for (int i = 0; i < 20; ++i) live();
  for (Attacker* a : {unlimited.get(), limited.get()})
    for (const std::string& subject : a->heard()) EXPECT_EQ(subject, "from.red.public.board.n1");
}

TEST_F(IsolationTest, TheBoardIsHeardAndNobodyForgesIt) {
  const auto unlimited = loose(), limited = generated();
  unlimited->listen("from.>");
  const auto own = red->subscribe("public.>"), others = red->subscribe("from.>");
  live();
  EXPECT_EQ(unlimited->heard(), std::multiset<std::string>{"from.red.public.board.n1"});
  for (Attacker* a : {unlimited.get(), limited.get()})
    for (const char* subject : {"from.red.public.board.n1", "TEAM_red.public.board.n1", "from.blue.public.board.n1"}) a->say(subject);
  EXPECT_EQ(limited->refusals(), 3);
  unlimited->say("public.board.n9");  // this is what a team may say
  std::multiset<std::string> heard;
  for (const auto* s : {&own, &others})
    for (auto m = (**s)->next(kQuiet); m.ok() && *m; m = (**s)->next(kQuiet)) heard.insert((**m).subject);
  EXPECT_EQ(heard, (std::multiset<std::string>{"public.board.n1", "from.blue.public.board.n9"}));
}

// The store and the queues of the other team do not exist for this one, whatever it asks.
TEST_F(IsolationTest, StreamsOfTheOtherTeamAreOutOfReach) {
  const auto unlimited = loose(), limited = generated();
  const std::string api = "$JS.API.";
  const std::vector<std::string> requests = {
      api + "STREAM.INFO.KV_sotto",        api + "STREAM.INFO.QUEUES",        api + "STREAM.PURGE.KV_sotto",
      api + "STREAM.DELETE.QUEUES",        api + "STREAM.MSG.DELETE.QUEUES",  api + "STREAM.SNAPSHOT.QUEUES",
      api + "CONSUMER.LIST.QUEUES",        api + "CONSUMER.DELETE.QUEUES.prove", "queue.prove", "$KV.sotto.prover",
      "$JS.red.API.STREAM.INFO.KV_sotto", "$JS.TEAM_red.API.STREAM.INFO.QUEUES"};
  for (const std::string& request : requests)
    for (Attacker* a : {unlimited.get(), limited.get()}) {
      const std::string answer = a->ask(request, "", a == limited.get() ? 50 : 400);
      EXPECT_EQ(answer.find("secret"), std::string::npos) << request;
      EXPECT_EQ(answer.find("\"config\""), std::string::npos) << request << ": " << answer;
      EXPECT_EQ(answer.find("\"success\":true"), std::string::npos) << request << ": " << answer;
    }
  const std::string seat = unlimited->ask(api + "STREAM.MSG.GET.KV_sotto", "{\"last_by_subj\":\"$KV.sotto.prover\"}");
  EXPECT_EQ(seat.find("\"message\""), std::string::npos) << seat;
  expect_red_whole();
}

// What the published holes need: refused by the server before it looks at them.
TEST_F(IsolationTest, RequestsAcrossAccountsAreDenied) {
  const auto limited = generated();
  const std::vector<std::string> requests = {"$JS.API.ACCOUNT.PURGE.TEAM_red",
                                             "$JS.API.ACCOUNT.STREAM.MOVE.TEAM_red.KV_sotto",
                                             "$JS.API.ACCOUNT.STREAM.CANCEL_MOVE.TEAM_red.KV_sotto",
                                             "$JS.API.SERVER.REMOVE",
                                             "$JS.API.META.LEADER.STEPDOWN",
                                             "$JS.API.STREAM.RESTORE.KV_sotto",
                                             "$JS.API.STREAM.SNAPSHOT.KV_sotto",
                                             "$JS.API.STREAM.PURGE.KV_sotto",
                                             "$JS.API.STREAM.DELETE.KV_sotto",
                                             "$JS.API.STREAM.UPDATE.KV_sotto",
                                             "$JS.API.STREAM.CREATE.EVIL",
                                             "$JS.API.STREAM.NAMES",
                                             "$SYS.REQ.SERVER.PING"};
  int refused = 0;
  for (const std::string& request : requests) {
    EXPECT_EQ(limited->ask(request, "", 50), "none") << request;
    EXPECT_EQ(limited->refusals(), ++refused) << request;
  }
  expect_red_whole();
}

// The denial is what protects on old servers: without it, CVE-2025-30215 is real there. If this ever fails on an old server,
// the request above has become another one and no longer shows anything.
TEST_F(IsolationTest, TheHoleIsRealOnOldServersWithoutTheRules) {
  const ServerVersion version = running_server_version(server_->url(), kSoon).value();
  const std::string answer = loose()->ask("$JS.API.ACCOUNT.PURGE.TEAM_red");
  if (version.sound()) {
    EXPECT_EQ(answer.find("\"initiated\":true"), std::string::npos) << answer;
    expect_red_whole();
  } else if (version.major == 2 && version.minor < 10) {
    EXPECT_NE(answer.find("\"initiated\":true"), std::string::npos) << version.text << ": " << answer;
  }
}

// Inside a team, answers are for who asked.
TEST_F(IsolationTest, TeamMatesDoNotReadEachOthersInboxes) {
  const auto mate = generated("red-2");
  mate->listen("_INBOX.>");
  mate->listen(server_->options("red-1").credentials.inbox + ".>");
  EXPECT_EQ(mate->refusals(), 2);
  live();
  EXPECT_TRUE(mate->heard().empty());
}

}  // namespace
}  // namespace sotto::contest
