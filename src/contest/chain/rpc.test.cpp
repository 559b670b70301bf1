// SPDX-License-Identifier: Apache-2.0
// Servers that are dead, slow, broken or lying.
#include "contest/chain/rpc.h"

#include <gtest/gtest.h>

#include <chrono>

#include "contest/chain/testing/fake_rpc_server.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;
using Server = FakeRpcServer;

RpcOptions options_for(std::vector<std::string> urls) {
  RpcOptions o;
  o.urls = std::move(urls);
  o.timeout_ms = 400;
  o.attempts = 2;
  o.first_pause_ms = 1;
  return o;
}

Result<RpcAnswer> ask(const RpcOptions& options) {
  Result<JsonRpc> rpc = JsonRpc::open(options);
  if (!rpc.ok()) return rpc.error();
  return rpc->call("eth_blockNumber", Json::array());
}

// The message of the error that such an answer must lead to.
std::string error_after(const std::string& answer) {
  Server server([&](const Json&) { return answer; });
  Result<RpcAnswer> r = ask(options_for({server.url()}));
  EXPECT_EQ(server.requests(), 2) << "it was not tried again";
  if (r.ok()) return "no error";
  EXPECT_EQ(r.error().kind, ErrorKind::kEnvironment);
  return r.error().message;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Rpc, AnswersAndFaults) {
  Server server([](const Json& q) {
    if (q["method"] == "good") return Server::result(q, {{"params", q["params"]}});
    return Server::fault(q, {{"code", 3}, {"message", "execution\treverted"}, {"data", "0x0102"}});
  });
  Result<JsonRpc> rpc = JsonRpc::open(options_for({server.url()}));
  ASSERT_TRUE(rpc.ok());
  Result<RpcAnswer> good = rpc->call("good", Json::array({"x", 1}));
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_EQ((*good->result)["params"], Json::array({"x", 1}));
  Result<RpcAnswer> bad = rpc->call("bad", Json::array());
  ASSERT_TRUE(bad.ok() && bad->fault);
  EXPECT_EQ(bad->fault->code, 3);
  EXPECT_EQ(bad->fault->message, "executionreverted");
  EXPECT_EQ(bad->fault->data, (Bytes{1, 2}));
  EXPECT_EQ(server.requests(), 2) << "a fault is an answer: no second attempt";
}

TEST(Rpc, FaultsOfAnyShape) {
  for (const Json& error : {Json("text"), Json(7), Json::array(), Json::object(), Json{{"code", "x"}, {"message", 1}, {"data", "zz"}},
                            Json{{"message", std::string(100'000, 'a')}, {"data", {{"data", "0xff"}}}}}) {
    Server server([&](const Json& q) { return Server::fault(q, error); });
    Result<RpcAnswer> r = ask(options_for({server.url()}));
    ASSERT_TRUE(r.ok() && r->fault) << error.dump().substr(0, 100);
    EXPECT_LE(r->fault->message.size(), 310u);
  }
}

TEST(Rpc, Nonsense) {
  EXPECT_TRUE(has(error_after(Server::http("")), "not a JSON-RPC object"));
  EXPECT_TRUE(has(error_after(Server::http("<html>no</html>")), "not a JSON-RPC object"));
  EXPECT_TRUE(has(error_after(Server::http("[]")), "not a JSON-RPC object"));
  EXPECT_TRUE(has(error_after(Server::http("{\"id\":1,\"resu")), "not a JSON-RPC object"));
  EXPECT_TRUE(has(error_after(Server::http(std::string(100'000, '['))), "not a JSON-RPC object"));
  EXPECT_TRUE(has(error_after(Server::http("{}")), "belongs to another request"));
  EXPECT_TRUE(has(error_after(Server::http(R"({"id":999,"result":"0x1"})")), "belongs to another request"));
  EXPECT_TRUE(has(error_after("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), "failed"));
  EXPECT_TRUE(has(error_after("not even http"), "failed"));
  EXPECT_TRUE(has(error_after(""), "failed"));  // closes the connection
  EXPECT_TRUE(has(error_after(Server::http("busy", "503 Service Unavailable")), "503"));
  EXPECT_TRUE(has(error_after(Server::http("", "302 Found", "Location: http://127.0.0.1:1/\r\n")), "302")) << "redirects are not followed";
}

TEST(Rpc, NeitherResultNorError) {
  Server server([](const Json& q) { return Server::http(Json{{"id", q["id"]}}.dump()); });
  EXPECT_TRUE(has(ask(options_for({server.url()})).error().message, "neither result nor error"));
}

TEST(Rpc, OversizedAnswer) {
  Server server([](const Json& q) { return Server::result(q, std::string(200'000, 'x')); });
  RpcOptions o = options_for({server.url()});
  o.max_answer_bytes = 100'000;
  EXPECT_TRUE(has(ask(o).error().message, "larger than 100000 bytes"));
  o.max_answer_bytes = 300'000;
  EXPECT_TRUE(ask(o).ok());
}

TEST(Rpc, SlowServerTimesOut) {
  Server server([](const Json& q) {
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    return Server::result(q, "0x1");
  });
  RpcOptions o = options_for({server.url()});
  o.timeout_ms = 100;
  o.attempts = 1;
  auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(ask(o).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
}

TEST(Rpc, DeadServerNamesHostAndWay) {
  Result<RpcAnswer> r = ask(options_for({"http://user:hunter2@127.0.0.1:1/secret-api-key"}));
  ASSERT_FALSE(r.ok());
  EXPECT_TRUE(has(r.error().message, "http://127.0.0.1:1 "));
  EXPECT_TRUE(has(r.error().message, "ETH_RPC_URL"));
  EXPECT_FALSE(has(r.error().message, "secret-api-key"));
  EXPECT_FALSE(has(r.error().message, "hunter2"));
}

TEST(Rpc, RetriesUntilTheServerRecovers) {
  int n = 0;
  Server server([&](const Json& q) { return ++n < 3 ? Server::http("{}", "429 Too Many Requests") : Server::result(q, "0x1"); });
  RpcOptions o = options_for({server.url()});
  o.attempts = 3;
  EXPECT_TRUE(ask(o).ok());
}

TEST(Rpc, RateLimitFaultsAreRetried) {
  int n = 0;
  Server server([&](const Json& q) {
    return ++n < 2 ? Server::fault(q, {{"code", -32005}, {"message", "slow down"}}) : Server::result(q, "0x1");
  });
  Result<RpcAnswer> r = ask(options_for({server.url()}));
  EXPECT_TRUE(r.ok() && !r->fault);
}

TEST(Rpc, FailsOverToTheNextServer) {
  Server server([](const Json& q) { return Server::result(q, "0x1"); });
  EXPECT_TRUE(ask(options_for({"http://127.0.0.1:1", server.url()})).ok());
}

TEST(Rpc, EveryServerMustServeTheChain) {
  auto serving = [](const char* id) {
    return [id](const Json& q) { return Server::result(q, q["method"] == "eth_chainId" ? Json(id) : Json("block of " + std::string(id))); };
  };
  Server wrong(serving("0x1")), right(serving("0xa4b1"));
  RpcOptions o = options_for({wrong.url()});
  o.chain_id = 42161;
  Result<RpcAnswer> r = ask(o);
  ASSERT_FALSE(r.ok());
  EXPECT_TRUE(has(r.error().message, "serves chain 1, but chain 42161 is meant"));
  o.urls = {wrong.url(), right.url()};
  r = ask(o);
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(*r->result, "block of 0xa4b1");
  Server mad(serving("banana"));
  o.urls = {mad.url()};
  EXPECT_FALSE(ask(o).ok());
}

TEST(Rpc, BadAddresses) {
  for (const char* url : {"", "127.0.0.1", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "http://[", "http://host:99999"}) {
    Result<JsonRpc> r = JsonRpc::open(options_for({url}));
    ASSERT_FALSE(r.ok()) << url;
    EXPECT_EQ(r.error().kind, ErrorKind::kUsage);
  }
  EXPECT_FALSE(JsonRpc::open(options_for({})).ok());
}

}  // namespace
}  // namespace sotto::contest
