// SPDX-License-Identifier: Apache-2.0
// ChainClient against a scripted chain that lies in one point at a time. Against a real EVM: embedded.test.cpp.
#include "contest/chain/client.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "base/keccak.h"
#include "contest/chain/testing/fake_rpc_server.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;
using Server = FakeRpcServer;

const std::string kHash1 = "0x" + std::string(64, '1');

// Honest until told otherwise: one transaction is mined in block 7 at once.
class FakeChain {
 public:
  using Answer = std::function<Json(const Json& params)>;

  FakeChain() : server_([this](const Json& q) { return answer(q); }) {
    set("eth_chainId", "0xa4b1");
    set("eth_getBalance", "0xde0b6b3a7640000");
    set("eth_getTransactionCount", "0x5");
    set("eth_estimateGas", "0x5208");
    set("eth_getCode", "0x00");
    set("eth_call", "0x");
    on("eth_getBlockByNumber", [](const Json&) { return block(); });
    on("eth_sendRawTransaction", [this](const Json& p) {
      raw_ = p[0].get<std::string>();
      return Json(to_hex(hash()));
    });
    on("eth_getTransactionReceipt", [this](const Json&) { return receipt(); });
  }

  void on(const std::string& method, Answer a) {
    std::lock_guard lock(mutex_);
    answers_[method] = std::move(a);
  }
  void set(const std::string& method, Json value) {
    on(method, [value = std::move(value)](const Json&) { return value; });
  }
  static Json block() {
    return {{"number", "0x7"}, {"hash", kHash1}, {"timestamp", "0x64"}, {"baseFeePerGas", "0x1312d00"}};
  }
  Json receipt() const {
    return {{"transactionHash", to_hex(hash())}, {"status", "0x1"}, {"blockNumber", "0x7"}, {"blockHash", kHash1},
            {"gasUsed", "0x5208"}, {"effectiveGasPrice", "0x1312d00"}, {"contractAddress", nullptr}, {"logs", Json::array()}};
  }
  Bytes32 hash() const { return keccak256(*from_hex(raw_)); }

  ChainClient connect() {
    ChainOptions o;
    o.rpc.urls = {server_.url()};
    o.rpc.attempts = 1;
    o.rpc.timeout_ms = 2000;
    o.receipt_timeout_ms = 200;
    Result<ChainClient> c = ChainClient::connect(o);
    SOTTO_CHECK(c.ok());
    return std::move(c).value();
  }

 private:
  std::string answer(const Json& q) {
    Answer a;
    {
      std::lock_guard lock(mutex_);
      auto it = answers_.find(q["method"].get<std::string>());
      if (it == answers_.end()) return Server::fault(q, {{"code", -32601}, {"message", "method not found"}});
      a = it->second;
    }
    Json value = a(q["params"]);
    if (value.is_object() && value.contains("fault")) return Server::fault(q, value["fault"]);
    return Server::result(q, value);
  }

  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::string raw_;
  Server server_;
};

Message plain() {
  Message m;
  m.to = Address{};
  m.value = 5;
  return m;
}

// The error of a send when one method lies.
std::string send_error(const std::string& method, const FakeChain::Answer& lie, ErrorKind kind = ErrorKind::kEnvironment) {
  FakeChain chain;
  ChainClient client = chain.connect();
  chain.on(method, lie);
  Result<Receipt> r = client.send(PrivateKey::generate(), plain());
  if (r.ok()) return "no error";
  EXPECT_EQ(r.error().kind, kind) << r.error().message;
  return r.error().message;
}

std::string send_error(const std::string& method, const Json& lie, ErrorKind kind = ErrorKind::kEnvironment) {
  return send_error(method, [lie](const Json&) { return lie; }, kind);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(ChainClient, HonestServer) {
  FakeChain chain;
  ChainClient client = chain.connect();
  EXPECT_EQ(client.chain_id(), 42161u);
  EXPECT_FALSE(client.is_embedded());
  EXPECT_FALSE(client.require_embedded("x").ok());
  Result<Receipt> r = client.send(PrivateKey::generate(), plain());
  ASSERT_TRUE(r.ok()) << r.error().message;
  EXPECT_EQ(r->gas_used, 21000u);
  EXPECT_TRUE(r->fee() == Wei{21000} * 20'000'000);
}

TEST(ChainClient, MalformedState) {
  FakeChain chain;
  ChainClient client = chain.connect();
  for (const Json& lie : {Json(nullptr), Json(1), Json("1"), Json("0x"), Json("0xzz"), Json(Json::array()), Json("0x1" + std::string(32, '0'))}) {
    chain.set("eth_getBalance", lie);
    EXPECT_FALSE(client.balance({}).ok()) << lie;
  }
  chain.set("eth_getTransactionCount", "0x10000000000000000");
  EXPECT_FALSE(client.nonce({}).ok());
  chain.set("eth_getCode", "0x0");
  EXPECT_FALSE(client.code({}).ok());
  for (const char* field : {"number", "hash", "timestamp", "baseFeePerGas"}) {
    Json b = FakeChain::block();
    b.erase(field);
    chain.set("eth_getBlockByNumber", b);
    Result<BlockHeader> r = client.block();
    ASSERT_FALSE(r.ok()) << field;
    EXPECT_TRUE(has(r.error().message, field));
  }
  for (const Json& b : {Json(nullptr), Json("x"), Json(Json::array())}) {
    chain.set("eth_getBlockByNumber", b);
    EXPECT_FALSE(client.block().ok());
  }
}

TEST(ChainClient, RevertsInWords) {
  FakeChain chain;
  ChainClient client = chain.connect();
  // InvalidProof()
  chain.set("eth_call", {{"fault", {{"code", 3}, {"message", "execution reverted"}, {"data", to_hex(ByteSpan(keccak256("InvalidProof()")).first(4))}}}});
  Result<Bytes> r = client.call({}, {});
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().kind, ErrorKind::kRejected);
  EXPECT_TRUE(has(r.error().message, "the verifier rejected the proof"));
}

TEST(ChainClient, LyingAboutTransactions) {
  EXPECT_TRUE(has(send_error("eth_sendRawTransaction", kHash1), "hash of another transaction"));
  EXPECT_TRUE(has(send_error("eth_sendRawTransaction", Json(nullptr)), "nonsense"));
  EXPECT_TRUE(has(send_error("eth_sendRawTransaction", "0x12"), "nonsense"));
  EXPECT_TRUE(has(send_error("eth_sendRawTransaction", {{"fault", {{"code", -32000}, {"message", "fee too low"}}}}), "fee too low"));
  EXPECT_TRUE(has(send_error("eth_getTransactionReceipt", Json(nullptr)), "no receipt of transaction 0x"));
  EXPECT_TRUE(has(send_error("eth_getTransactionReceipt", Json::object()), "no transactionHash"));
  EXPECT_TRUE(has(send_error("eth_getTransactionReceipt", "0x1"), "nonsense"));
}

// One field of the receipt is missing or wrong.
std::string receipt_error(const char* field, const Json& lie, ErrorKind kind = ErrorKind::kEnvironment) {
  FakeChain chain;
  ChainClient client = chain.connect();
  chain.on("eth_getTransactionReceipt", [&](const Json&) {
    Json r = chain.receipt();
    if (lie.is_discarded()) r.erase(field);
    else r[field] = lie;
    return r;
  });
  Result<Receipt> r = client.send(PrivateKey::generate(), plain());
  if (r.ok()) return "no error";
  EXPECT_EQ(r.error().kind, kind) << r.error().message;
  return r.error().message;
}

TEST(ChainClient, LyingReceipts) {
  const Json missing(Json::value_t::discarded);
  for (const char* field : {"transactionHash", "status", "blockNumber", "blockHash", "gasUsed", "effectiveGasPrice", "logs"}) {
    EXPECT_TRUE(has(receipt_error(field, missing), std::string("no ") + field)) << field;
    EXPECT_NE(receipt_error(field, 17), "no error") << field;
  }
  EXPECT_TRUE(has(receipt_error("transactionHash", kHash1), "another transaction"));
  EXPECT_TRUE(has(receipt_error("status", "0x2"), "status"));
  EXPECT_TRUE(has(receipt_error("gasUsed", "0xffffff"), "more gas used"));
  EXPECT_TRUE(has(receipt_error("status", "0x0", ErrorKind::kRejected), "failed"));
  // A block that is not on the chain: reorganised away, or invented.
  EXPECT_TRUE(has(receipt_error("blockHash", "0x" + std::string(64, '2')), "no receipt"));
}

TEST(ChainClient, FeesAreBounded) {
  auto with_base_fee = [](const char* fee) {
    Json b = FakeChain::block();
    b["baseFeePerGas"] = fee;
    return b;
  };
  EXPECT_TRUE(has(send_error("eth_getBlockByNumber", with_base_fee("0xde0b6b3a7640000")), "more than the limit"));
  EXPECT_TRUE(has(send_error("eth_getBlockByNumber", with_base_fee("0xffffffffffffffffffffffffffffffff")), "absurd price"));
  EXPECT_TRUE(has(send_error("eth_estimateGas", "0xffffffffffffffff"), "absurd amount of gas"));
  EXPECT_TRUE(has(send_error("eth_estimateGas", "0xffffffffff"), "more than the limit"));
  EXPECT_TRUE(has(send_error("eth_getBalance", "0x4"), "holds 0.000000000000000004 ETH"));
  EXPECT_TRUE(has(send_error("eth_getBalance", "0x6"), "with fees"));
}

TEST(ChainClient, AlreadyKnownIsNoError) {
  FakeChain chain;
  ChainClient client = chain.connect();
  int sent = 0;
  std::string raw;
  chain.on("eth_sendRawTransaction", [&](const Json& p) {
    sent++;
    raw = p[0];
    return Json{{"fault", {{"code", -32000}, {"message", "Already Known"}}}};
  });
  chain.on("eth_getTransactionReceipt", [&](const Json&) {
    Json r = {{"transactionHash", to_hex(keccak256(*from_hex(raw)))}, {"status", "0x1"}, {"blockNumber", "0x7"}, {"blockHash", kHash1},
              {"gasUsed", "0x5208"}, {"effectiveGasPrice", "0x1"}, {"logs", Json::array()}};
    return r;
  });
  EXPECT_TRUE(client.send(PrivateKey::generate(), plain()).ok());
  EXPECT_EQ(sent, 1);
}

TEST(ChainClient, DeploymentsAtTheRightAddressWithCode) {
  FakeChain chain;
  ChainClient client = chain.connect();
  PrivateKey key = PrivateKey::generate();
  auto created_at = [&](const std::string& address) {
    chain.on("eth_getTransactionReceipt", [&chain, address](const Json&) {
      Json r = chain.receipt();
      r["contractAddress"] = address;
      return r;
    });
  };
  created_at("0x" + std::string(40, '3'));
  EXPECT_TRUE(has(client.deploy(key, Bytes{1}).error().message, "another address"));
  created_at(to_hex(created_address(key.address(), 5)));
  EXPECT_TRUE(client.deploy(key, Bytes{1}).ok());
  chain.set("eth_getCode", "0x");
  EXPECT_TRUE(has(client.deploy(key, Bytes{1}).error().message, "no code"));
}

TEST(ChainClient, LogsThatWereNotAskedFor) {
  FakeChain chain;
  ChainClient client = chain.connect();
  Address asked{};
  asked[19] = 1;
  Bytes32 topic = keccak256("Submitted()");
  Json log = {{"address", to_hex(asked)}, {"topics", {to_hex(topic)}}, {"data", "0x"}, {"blockNumber", "0x1"}, {"transactionHash", kHash1}};
  chain.set("eth_getLogs", Json::array({log}));
  Result<std::vector<Log>> r = client.logs(asked, {topic}, 0);
  ASSERT_TRUE(r.ok()) << r.error().message;
  EXPECT_EQ(r->size(), 1u);
  EXPECT_FALSE(client.logs(Address{}, {topic}, 0).ok());
  EXPECT_FALSE(client.logs(asked, {keccak256("x")}, 0).ok());
  EXPECT_FALSE(client.logs(asked, {topic, topic}, 0).ok());
  EXPECT_TRUE(client.logs(asked, {std::nullopt}, 0).ok());
  for (const char* field : {"address", "topics", "data", "blockNumber", "transactionHash"}) {
    Json broken = log;
    broken.erase(field);
    chain.set("eth_getLogs", Json::array({broken}));
    EXPECT_FALSE(client.logs(asked, {topic}, 0).ok()) << field;
  }
}

TEST(ChainClient, AStrangerThatCallsItselfAnvilNeedsAnvilsMethods) {
  FakeChain chain;
  chain.set("web3_clientVersion", "anvil/v1.7.1");
  EXPECT_FALSE(chain.connect().is_embedded());
  chain.set("anvil_nodeInfo", {{"forkConfig", {{"forkUrl", "https://arb1.arbitrum.io/rpc"}}}});
  EXPECT_FALSE(chain.connect().is_embedded()) << "a fork has real contests in it";
  chain.set("anvil_nodeInfo", {{"forkConfig", {{"forkUrl", nullptr}}}});
  EXPECT_TRUE(chain.connect().is_embedded());
}

}  // namespace
}  // namespace sotto::contest
