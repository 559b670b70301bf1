// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/embedded.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "contest/chain/testing/evm.h"

namespace sotto::contest {
namespace {
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

bool exists(int pid) { return ::kill(pid, 0) == 0; }

// Sets a variable for one test.
struct Environment {
  const char* name;
  std::optional<std::string> before;
  Environment(const char* n, const char* value) : name(n) {
    if (const char* old = std::getenv(n)) before = old;
    ::setenv(n, value, 1);
  }
  ~Environment() { before ? ::setenv(name, before->c_str(), 1) : ::unsetenv(name); }
};

EmbeddedChain started() {
  Result<EmbeddedChain> chain = EmbeddedChain::start();
  SOTTO_CHECK(chain.ok());
  return std::move(chain).value();
}

TEST(EmbeddedChain, StartsFundsAndEnds) {
  SOTTO_REQUIRE_EVM();
  int pid = 0;
  Clock::time_point before = Clock::now();
  {
    EmbeddedChain chain = started();
    EXPECT_LT(Clock::now() - before, seconds(5));
    pid = chain.process_id();
    EXPECT_TRUE(exists(pid));
    ChainClient client = std::move(chain.connect()).value();
    EXPECT_EQ(client.chain_id(), kArbitrumOne);
    EXPECT_TRUE(client.is_embedded());
    PrivateKey a = std::move(chain.funded_key(3 * kEther)).value(), b = std::move(chain.funded_key(0)).value();
    EXPECT_TRUE(*client.balance(a.address()) == 3 * kEther);
    Message m;
    m.to = b.address();
    m.value = kEther;
    Result<Receipt> r = client.send(a, m);
    ASSERT_TRUE(r.ok()) << r.error().message;
    EXPECT_EQ(r->gas_used, 21000u);
    EXPECT_TRUE(*client.balance(b.address()) == kEther);
    EXPECT_TRUE(*client.balance(a.address()) == 2 * kEther - r->fee());
    EXPECT_EQ(*client.nonce(a.address()), 1u);
    // Its own keys have money, and nobody else's: the server holds no accounts.
    Result<RpcAnswer> accounts = client.rpc().call("eth_accounts", nlohmann::json::array());
    EXPECT_TRUE(accounts.ok() && accounts->result->empty());
  }
  EXPECT_FALSE(exists(pid));
}

// 16 gas per non-zero byte and 4 per zero byte; with EIP-7623's floor it would be 40 and 10.
TEST(EmbeddedChain, CalldataCostsWhatArbitrumTakes) {
  SOTTO_REQUIRE_EVM();
  EmbeddedChain chain = started();
  ChainClient client = std::move(chain.connect()).value();
  PrivateKey key = std::move(chain.funded_key(kEther)).value();
  Message m;
  m.to = key.address();
  m.data = Bytes(10'000, 0xa5);
  m.data.resize(11'000);
  Result<Receipt> r = client.send(key, m);
  ASSERT_TRUE(r.ok()) << r.error().message;
  EXPECT_EQ(r->gas_used, 21'000u + 16 * 10'000 + 4 * 1'000);
}

TEST(EmbeddedChain, TimeCanBeMoved) {
  SOTTO_REQUIRE_EVM();
  EmbeddedChain chain = started();
  ChainClient client = std::move(chain.connect()).value();
  uint64_t before = client.block()->timestamp;
  ASSERT_TRUE(chain.advance_time(100'000).ok());
  EXPECT_GE(client.block()->timestamp, before + 100'000);
}

TEST(EmbeddedChain, TwoAtOnce) {
  SOTTO_REQUIRE_EVM();
  EmbeddedChain a = started(), b = started();
  EXPECT_NE(a.url(), b.url());
  EXPECT_TRUE(a.fund(Address{}, 1).ok());
  ChainClient client = std::move(b.connect()).value();
  EXPECT_TRUE(*client.balance(Address{}) == 0);
}

TEST(EmbeddedChain, OutlivesTheThreadThatStartedIt) {
  SOTTO_REQUIRE_EVM();
  std::optional<EmbeddedChain> chain;
  std::thread([&] { chain = started(); }).join();
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_TRUE(chain->connect().ok());
}

// Sotto is killed with SIGKILL: no destructor runs, and yet no anvil may stay.
TEST(EmbeddedChain, DiesWithItsParent) {
  SOTTO_REQUIRE_EVM();
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  pid_t parent = ::fork();
  if (parent == 0) {
    EmbeddedChain chain = started();
    int pid = chain.process_id();
    if (::write(pipe_ends[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
    for (;;) ::pause();
  }
  int anvil = 0;
  ASSERT_EQ(::read(pipe_ends[0], &anvil, sizeof anvil), static_cast<ssize_t>(sizeof anvil));
  EXPECT_TRUE(exists(anvil));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  // An orphan's corpse is reaped by init, which a container may not have: a zombie counts as dead.
  auto dead = [&] {
    std::string stat = "/proc/" + std::to_string(anvil) + "/stat";
    Result<Bytes> text = read_file(stat);
    return !text.ok() || std::string(text->begin(), text->end()).find(") Z") != std::string::npos;
  };
  Clock::time_point end = Clock::now() + seconds(5);
  while (!dead() && Clock::now() < end) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_TRUE(dead());
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST(EmbeddedChain, SaysWhatToRunWhenAnvilIsMissing) {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "sotto-anvil-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  fs::create_directories(folder + "/src");
  for (const char* file : {"/foundry.toml", "/src/Prize.sol"}) ASSERT_TRUE(write_file_atomically(folder + file, {}).ok());
  Environment contracts("SOTTO_CONTRACTS", folder.c_str());
  Result<EmbeddedChain> chain = EmbeddedChain::start();
  ASSERT_FALSE(chain.ok());
  EXPECT_EQ(chain.error().kind, ErrorKind::kEnvironment);
  EXPECT_NE(chain.error().message.find("./run setup"), std::string::npos);
  Result<Bytes> code = load_creation_code("Prize");
  ASSERT_FALSE(code.ok());
  EXPECT_NE(code.error().message.find("./run build"), std::string::npos);
  ASSERT_TRUE(write_file_atomically(folder + "/foundry.toml", {}).ok());
  fs::create_directories(folder + "/out/Prize.sol");
  for (const char* bad : {"", "{", "[]", "{\"bytecode\":{}}", "{\"bytecode\":{\"object\":\"0x__$a$__\"}}", "{\"bytecode\":{\"object\":\"0x\"}}"}) {
    std::string_view text = bad;
    ByteSpan bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    ASSERT_TRUE(write_file_atomically(folder + "/out/Prize.sol/Prize.json", bytes).ok());
    EXPECT_FALSE(load_creation_code("Prize").ok()) << bad;
  }
  fs::remove_all(folder);
}

TEST(EmbeddedChain, SaysWhenAnvilDoesNotStart) {
  {
    Environment anvil("SOTTO_ANVIL", "/nonexistent/anvil");
    EXPECT_FALSE(EmbeddedChain::start().ok());
  }
  Environment anvil("SOTTO_ANVIL", "/bin/false");
  Clock::time_point before = Clock::now();
  Result<EmbeddedChain> chain = EmbeddedChain::start();
  ASSERT_FALSE(chain.ok());
  EXPECT_EQ(chain.error().kind, ErrorKind::kEnvironment);
  EXPECT_NE(chain.error().message.find("does not start"), std::string::npos);
  EXPECT_LT(Clock::now() - before, seconds(5));
}

TEST(ChainClient, NoticesReorganisations) {
  SOTTO_REQUIRE_EVM();
  EmbeddedChain chain = started();
  ChainClient client = std::move(chain.connect()).value();
  PrivateKey key = std::move(chain.funded_key(kEther)).value();
  Message m;
  m.to = Address{};
  m.value = 1;
  Result<Receipt> r = client.send(key, m);
  ASSERT_TRUE(r.ok()) << r.error().message;
  EXPECT_TRUE(client.wait_final(r->tx, Finality::kLatest, 1000).ok());
  EXPECT_FALSE(client.wait_final(r->tx, Finality::kFinalized, 50).ok());
  for (int i = 0; i < 3; i++) ASSERT_TRUE(chain.advance_time(1).ok());
  EXPECT_TRUE(client.wait_final(r->tx, Finality::kSafe, 1000).ok());
  EXPECT_TRUE(client.wait_final(r->tx, Finality::kFinalized, 1000).ok());
  // Four blocks are replaced by empty ones; the transaction's was among them.
  Result<RpcAnswer> gone = client.rpc().call("anvil_reorg", nlohmann::json::array({4, nlohmann::json::array()}));
  ASSERT_TRUE(gone.ok() && !gone->fault);
  EXPECT_FALSE(client.wait_final(r->tx, Finality::kLatest, 100).ok());
}

}  // namespace
}  // namespace sotto::contest
