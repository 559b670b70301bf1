// SPDX-License-Identifier: Apache-2.0
// The bus over a real nats-server on this machine. Who may read what: nats_isolation.test.cpp.
#include "contest/bus/nats.h"

#include "contest/bus/testing/bus_suite.h"
#include "contest/bus/testing/nats_server.h"

namespace sotto::contest {
namespace {

class NatsWorld : public BusWorld {
 public:
  std::unique_ptr<Bus> open(const std::string& user) override { return server_.connect(user, kAckWait); }

 private:
  TestNatsServer server_{{"red", "blue"}};
};

std::unique_ptr<BusWorld> nats_world() {
  if (const std::string why = no_nats_here(); !why.empty()) {
    std::printf("SOTTO-SKIPPED: %s\n", why.c_str());
    return nullptr;
  }
  return std::make_unique<NatsWorld>();
}

INSTANTIATE_TEST_SUITE_P(Nats, BusTest, testing::Values(nats_world));

TEST(Nats, WrongPasswordsAreRefused) {
  SOTTO_SKIP_WITHOUT_NATS();
  const TestNatsServer server({"red", "blue"});
  NatsOptions o = server.options("red-1");
  o.credentials.password = server.options("blue-1").credentials.password;
  const auto bus = connect_nats(o);
  ASSERT_FALSE(bus.ok());
  EXPECT_EQ(bus.error().kind, ErrorKind::kEnvironment);
  EXPECT_NE(bus.error().message.find("wrong password"), std::string::npos) << bus.error().message;
  EXPECT_EQ(bus.error().message.find(o.credentials.password), std::string::npos);
}

TEST(Nats, NoServerIsAClearError) {
  SOTTO_SKIP_WITHOUT_NATS();
  TestNatsServer server({"red"});
  const NatsOptions o = server.options("red-1");
  server.stop();
  const auto bus = connect_nats(o);
  ASSERT_FALSE(bus.ok());
  EXPECT_NE(bus.error().message.find("is nats-server running?"), std::string::npos) << bus.error().message;
}

// Between rivals the version decides, unless one trusted party has written the configuration.
TEST(Nats, AServerWithHolesIsRefusedBetweenRivals) {
  SOTTO_SKIP_WITHOUT_NATS();
  const TestNatsServer server({"red", "blue"});
  NatsOptions o = server.options("red-1");
  std::string warning;
  const bool sound = running_server_version(server.url(), kSoon).value().sound();
  EXPECT_TRUE(connect_nats(o, &warning).ok());
  EXPECT_EQ(warning.empty(), sound) << warning;
  o.credentials.one_operator = false;
  EXPECT_EQ(connect_nats(o).ok(), sound);
  o.credentials.rivals = false;
  EXPECT_TRUE(connect_nats(o).ok());
}

// kill -9 of the server: what it has acknowledged is there again, and the bus finds it by itself.
TEST(Nats, TheServerComesBackWithItsData) {
  SOTTO_SKIP_WITHOUT_NATS();
  TestNatsServer server({"red"});
  const auto bus = server.connect("red-1");
  const auto board = bus->subscribe("public.>");
  ASSERT_TRUE(board.ok());
  const uint64_t revision = bus->put("agent.1", bytes("mine")).value();
  ASSERT_TRUE(bus->push("prove", "a", bytes("job")).value());
  server.stop();
  server.start();
  Result<std::optional<KvEntry>> entry = environment_error("never asked");
  for (int i = 0; i < 60 && !entry.ok(); ++i) entry = bus->get("agent.1");
  ASSERT_TRUE(entry.ok() && *entry) << entry.error().message;
  EXPECT_EQ((**entry).revision, revision);
  EXPECT_FALSE(bus->compare_and_set("agent.1", bytes("other"), revision - 1).value());
  const auto job = bus->pull("prove", kSoon);
  ASSERT_TRUE(job.ok() && *job);
  EXPECT_EQ(text((**job).data), "job");
  ASSERT_TRUE(bus->publish("public.x", bytes("1")).ok());
  EXPECT_TRUE((**board).next(kSoon).value().has_value());
}

// ---- TLS, with a certificate that signs itself and that the generated credentials name

class NatsOverTls : public testing::Test {
 protected:
  void SetUp() override {
    SOTTO_SKIP_WITHOUT_NATS();
    certificate_.emplace(folder_.path(), "DNS:localhost,IP:127.0.0.1");
    server_.emplace(std::vector<std::string>{"red"}, nullptr, &*certificate_);
  }
  TemporaryFolder folder_{"sotto-tls"};
  std::optional<TestCertificate> certificate_;
  std::optional<TestNatsServer> server_;
};

TEST_F(NatsOverTls, NodesMeetByNameAndByAddress) {
  for (const char* host : {"localhost", "127.0.0.1"}) {
    NatsOptions o = server_->options("red-1"), other = server_->options("red-2");
    o.url = other.url = server_->url(host);
    const auto one = connect_nats(o), two = connect_nats(other);
    ASSERT_TRUE(one.ok()) << host << ": " << one.error().message;
    ASSERT_TRUE(two.ok()) << host << ": " << two.error().message;
    const auto board = (*two)->subscribe("public.>");
    ASSERT_TRUE(board.ok());
    ASSERT_TRUE((*one)->publish("public.x", bytes("1")).ok());
    EXPECT_TRUE((**board).next(kSoon).value().has_value());
    ASSERT_TRUE((*one)->put("agent.1", bytes(host)).ok());
    const auto entry = (*two)->get("agent.1");
    ASSERT_TRUE(entry.ok() && *entry);
    EXPECT_EQ(text((**entry).value), host);
  }
}

TEST_F(NatsOverTls, StrangersAndPlainConnectionsAreRefused) {
  NatsOptions o = server_->options("red-1");
  const std::string mine = o.credentials.ca_file;
  ASSERT_FALSE(mine.empty());
  const auto refused = [&] { return !connect_nats(o).ok(); };
  ASSERT_FALSE(refused());
  o.credentials.ca_file.clear();  // the system's authorities do not know it
  EXPECT_TRUE(refused());
  TemporaryFolder elsewhere("sotto-tls-other");
  o.credentials.ca_file = TestCertificate(elsewhere.path(), "DNS:localhost,IP:127.0.0.1").certificate;
  EXPECT_TRUE(refused());
  o.credentials.ca_file = mine;
  o.url.replace(0, 3, "nats");  // tls:// -> nats://: no password goes out in clear
  EXPECT_TRUE(refused());
}

// A certificate that we trust, of another server.
TEST(Nats, ACertificateOfAnotherHostIsRefused) {
  SOTTO_SKIP_WITHOUT_NATS();
  const TemporaryFolder folder("sotto-tls");
  const TestCertificate certificate(folder.path(), "DNS:elsewhere.example,IP:192.0.2.1");
  const TestNatsServer server({"red"}, nullptr, &certificate);
  for (const char* host : {"localhost", "127.0.0.1"}) {
    NatsOptions o = server.options("red-1");
    o.url = server.url(host);
    EXPECT_FALSE(connect_nats(o).ok()) << host;
  }
}

}  // namespace
}  // namespace sotto::contest
