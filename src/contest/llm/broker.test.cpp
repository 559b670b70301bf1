// SPDX-License-Identifier: Apache-2.0
// The broker against a scripted server over real HTTP: what is sent, what is retried, what never is, and what it costs.
#include "contest/llm/broker.h"

#include <gtest/gtest.h>

#include <atomic>

#include "contest/llm/testing/broker_rig.h"

namespace sotto::contest {
namespace {
using Server = FakeLlmServer;
using Request = FakeLlmServer::Request;

TEST(LlmBroker, AsksAndAnswers) {
  BrokerRig rig(completions([](const Request&) { return Server::chat(kTestBrood); }));
  const LlmReply reply = rig.ask_one(7, 3);
  EXPECT_TRUE(reply.ok) << reply.reason;
  EXPECT_EQ(reply.agent, 7u);
  EXPECT_EQ(reply.id, 3u);
  EXPECT_EQ(reply.text, kTestBrood);
  EXPECT_FALSE(reply.late);
  const LlmStatus s = rig.broker->status();
  EXPECT_EQ(s.calls, 1u);
  EXPECT_EQ(s.answers, 1u);
  EXPECT_EQ(s.spent_run, 1200 * 100'000 / 1'000'000 + 278 * 500'000 / 1'000'000);  // 259 micro-dollars
  EXPECT_EQ(s.tokens_in, 1200u);
  EXPECT_EQ(s.reserved, 0);
  EXPECT_TRUE(s.paused.empty());
  for (const Request& request : rig.server.seen()) {
    EXPECT_NE(request.head.find(std::string("Authorization: Bearer ") + kTestKey), std::string::npos);
    if (request.method == "GET") continue;
    EXPECT_EQ(request.path, "/v1/chat/completions");
    EXPECT_EQ(request.json["model"], "gpt-6-luna");
    EXPECT_EQ(request.json["store"], false);
    EXPECT_EQ(request.json["reasoning_effort"], "none");
    EXPECT_EQ(request.json["response_format"]["type"], "json_schema");
    EXPECT_EQ(request.json["response_format"]["json_schema"]["strict"], true);
    EXPECT_EQ(request.json["safety_identifier"].get<std::string>().size(), 32u);
    EXPECT_FALSE(request.json.contains("n"));
  }
}

TEST(LlmBroker, ResponsesApi) {
  BrokerRig rig(completions([](const Request&) {
    return Server::http(nlohmann::json{{"status", "completed"},
                                       {"output", {{{"type", "reasoning"}, {"summary", nlohmann::json::array()}},
                                                   {{"type", "message"}, {"content", {{{"type", "output_text"}, {"text", kTestBrood}}}}}}},
                                       {"usage", {{"input_tokens", 1000}, {"input_tokens_details", {{"cached_tokens", 400}}}, {"output_tokens", 100}}}}.dump());
  }));
  rig.options.protocol = LlmProtocol::kResponses;
  const LlmReply reply = rig.ask_one();
  EXPECT_EQ(reply.text, kTestBrood) << reply.reason;
  EXPECT_EQ(rig.broker->status().spent_run, 60 + 4 + 50);  // 600 plain, 400 cached, 100 out
  const Request request = rig.server.last_question();
  EXPECT_EQ(request.path, "/v1/responses");
  EXPECT_EQ(request.json["text"]["format"]["type"], "json_schema");
  EXPECT_EQ(request.json["reasoning"]["effort"], "none");
  EXPECT_EQ(request.json["store"], false);
  EXPECT_TRUE(request.json.contains("max_output_tokens"));
  EXPECT_FALSE(request.json.contains("messages"));
}

TEST(LlmBroker, RetriesWhatMayPass) {
  for (const int status : {429, 500, 502, 503, 408, 409}) {
    BrokerRig rig(completions([status](const Request& r) {
      return r.number < 3 ? Server::error(status, "", "later", "", "retry-after-ms: 1\r\n") : Server::chat(kTestBrood);
    }));
    EXPECT_TRUE(rig.ask_one().ok) << status;
    EXPECT_EQ(rig.server.chats(), 3) << status;
  }
}

TEST(LlmBroker, GivesUpAfterThreeAttempts) {
  BrokerRig rig(completions([](const Request&) { return Server::error(500, "", "no", "", "retry-after-ms: 1\r\n"); }));
  EXPECT_FALSE(rig.ask_one().ok);
  EXPECT_EQ(rig.server.chats(), 3);
  EXPECT_EQ(rig.broker->status().spent_run, 0);
  EXPECT_TRUE(rig.broker->status().paused.empty());
}

TEST(LlmBroker, NeverRetriesWhatCannotPass) {
  struct Case {
    int status;
    const char* code;
    const char* headers;
    bool pauses;
  };
  for (const Case c : {Case{400, "", "", false}, Case{401, "invalid_api_key", "", true}, Case{402, "", "", true}, Case{403, "", "", true},
                       Case{404, "", "", true}, Case{404, "model_not_found", "", true}, Case{429, "insufficient_quota", "", true},
                       Case{429, "billing_hard_limit_reached", "", true}, Case{500, "", "x-should-retry: false\r\n", false},
                       Case{400, "", "x-should-retry: true\r\n", false}, Case{429, "", "retry-after: 121\r\n", false},
                       Case{503, "", "retry-after-ms: 999999\r\n", false}, Case{302, "", "Location: http://127.0.0.1:1/\r\n", true}}) {
    BrokerRig rig(completions([c](const Request&) { return Server::error(c.status, c.code, "no", "", c.headers); }));
    EXPECT_FALSE(rig.ask_one(1, 1).ok);
    EXPECT_EQ(rig.server.chats(), 1) << c.status << c.code;
    EXPECT_EQ(!rig.broker->status().paused.empty(), c.pauses) << c.status << c.code;
    if (!c.pauses) continue;
    EXPECT_EQ(rig.ask_one(2, 2).reason, rig.broker->status().paused);
    EXPECT_EQ(rig.server.chats(), 1) << c.status << c.code;  // nothing is asked any more
    EXPECT_EQ(rig.broker->status().refused, 1u);
  }
}

TEST(LlmBroker, QuotaAsTypeOnly) {
  BrokerRig rig(completions([](const Request&) { return Server::error(429, "", "You exceeded your current quota", "", "", "insufficient_quota"); }));
  EXPECT_NE(rig.ask_one().reason.find("quota"), std::string::npos);
  EXPECT_EQ(rig.server.chats(), 1);
}

TEST(LlmBroker, RetiredModelSaysWhatToDo) {
  BrokerRig rig(completions([](const Request&) { return Server::error(404, "model_not_found", "The model `x` does not exist"); }));
  const std::string reason = rig.ask_one().reason;
  EXPECT_NE(reason.find("gpt-6-luna"), std::string::npos);
  EXPECT_NE(reason.find("--llm openai:MODEL"), std::string::npos);
}

TEST(LlmBroker, DropsWhatIsRefusedAndRemembersIt) {
  // Refuses one thing after the other, as a strict old server would.
  const auto strict = completions([](const Request& r) {
    const nlohmann::json& j = r.json;
    if (j.contains("reasoning_effort")) return Server::error(400, "unsupported_parameter", "Unrecognized request argument: reasoning_effort", "");
    if (j.contains("temperature")) return Server::error(400, "unsupported_value", "no", "temperature");
    if (j.contains("safety_identifier")) return Server::http("{\"detail\":[{\"loc\":[\"body\",\"safety_identifier\"],\"msg\":\"extra fields not permitted\"}]}", 422);
    if (j.contains("store")) return Server::error(400, "", "unknown field store", "");
    if (j.contains("max_completion_tokens")) return Server::error(400, "", "use max_tokens", "max_completion_tokens");
    if (j.contains("response_format") && j["response_format"]["type"] != "json_object") return Server::error(400, "", "no", "response_format.type");
    return Server::chat(kTestBrood);
  });
  BrokerRig rig(strict);
  const LlmReply reply = rig.ask_one();
  EXPECT_TRUE(reply.ok) << reply.reason;
  EXPECT_EQ(rig.server.chats(), 8);  // the effort takes two steps: none, minimal, unsaid
  EXPECT_TRUE(rig.ask_one(1, 2).ok);
  EXPECT_EQ(rig.server.chats(), 9);
  rig.start();  // another process, the same state folder
  EXPECT_TRUE(rig.ask_one(1, 3).ok);
  EXPECT_EQ(rig.server.chats(), 10);
  const nlohmann::json last = rig.server.last_question().json;
  EXPECT_TRUE(last.contains("max_tokens"));
  EXPECT_EQ(last["response_format"]["type"], "json_object");
  rig.options.model = "gpt-4o-mini";  // another model has a memory of its own
  rig.start();
  EXPECT_TRUE(rig.ask_one(1, 4).ok);
  EXPECT_EQ(rig.server.chats(), 18);
}

TEST(LlmBroker, ManyAgentsHearTheSameRefusalOnce) {
  BrokerRig rig(completions([](const Request& r) {
    return r.json["response_format"]["type"] == "json_schema" ? Server::error(400, "", "no", "response_format") : Server::chat(kTestBrood);
  }));
  for (uint32_t agent = 0; agent < 12; agent++) rig.ask(agent, agent);
  for (const LlmReply& reply : rig.replies(12)) EXPECT_TRUE(reply.ok) << reply.reason;
  for (const Request& r : rig.server.seen())  // nobody went down to plain text
    if (r.method == "POST") {
      EXPECT_TRUE(r.json.contains("response_format"));
    }
}

TEST(LlmBroker, RefusalsLengthAndNonsense) {
  const auto reply_to = [](const Server::Reply& reply) {
    BrokerRig rig(completions([reply](const Request&) { return reply; }));
    const LlmReply out = rig.ask_one();
    EXPECT_EQ(rig.broker->status().reserved, 0);
    return out;
  };
  const auto message = [](const nlohmann::json& m, const char* finish) {
    return Server::http(nlohmann::json{{"choices", {{{"message", m}, {"finish_reason", finish}}}}}.dump());
  };
  EXPECT_NE(reply_to(message({{"content", nullptr}, {"refusal", "I cannot"}}, "stop")).reason.find("refused"), std::string::npos);
  EXPECT_NE(reply_to(message({{"content", ""}}, "content_filter")).reason.find("filter"), std::string::npos);
  EXPECT_NE(reply_to(message({{"content", ""}, {"reasoning_content", "t t t"}}, "length")).reason.find("thinking"), std::string::npos);
  EXPECT_EQ(reply_to(Server::chat("{\"children\":[{\"op\":\"fresh\",\"par", "length")).text, "{\"children\":[{\"op\":\"fresh\",\"par");
  EXPECT_EQ(reply_to(Server::chat("<think>hm</think>[]")).text, "[]");
  for (const char* body : {"", "null", "[]", "{}", "{\"choices\":[]}", "{\"choices\":[{}]}", "{\"choices\":[{\"message\":3}]}", "<html>"})
    EXPECT_NE(reply_to(Server::http(body)).reason.find("form"), std::string::npos) << body;
}

TEST(LlmBroker, ThinkersGetMoreRoom) {
  BrokerRig rig(completions([](const Request& r) {
    return r.json["max_completion_tokens"].get<int>() < 3000 ? Server::chat("", "length") : Server::chat(kTestBrood);
  }));
  EXPECT_FALSE(rig.ask_one(1, 1).ok);
  EXPECT_FALSE(rig.ask_one(1, 2).ok);
  EXPECT_TRUE(rig.ask_one(1, 3).ok);  // 1080, 2160, 4320
}

TEST(LlmBroker, BrokenTransfersCountAsPaid) {
  const std::string whole = Server::chat(kTestBrood).bytes;
  for (const std::string& bytes : {std::string(), whole.substr(0, whole.size() - 20), whole.substr(0, 30), std::string("garbage\r\n\r\n"),
                                   Server::http(std::string(2 << 20, ' ')).bytes}) {
    BrokerRig rig(completions([bytes](const Request&) { return Server::Reply{bytes, 0}; }));
    rig.options.deadline_ms = 1000;  // ends the retries
    const LlmReply reply = rig.ask_one();
    EXPECT_FALSE(reply.ok);
    EXPECT_GT(rig.broker->status().spent_run, 0) << bytes.size();
    EXPECT_EQ(rig.broker->status().reserved, 0);
  }
}

TEST(LlmBroker, NobodyListens) {
  BrokerRig rig(completions([](const Request&) { return Server::chat(kTestBrood); }));
  rig.options.base_url = "http://127.0.0.1:1";
  rig.options.deadline_ms = 300;
  EXPECT_FALSE(rig.ask_one().ok);
  EXPECT_EQ(rig.broker->status().spent_run, 0);  // nothing was sent
}

TEST(LlmBroker, TlsIsChecked) {
  BrokerRig rig(completions([](const Request&) { return Server::chat(kTestBrood); }));
  rig.options.base_url = "https" + rig.server.url().substr(4);
  rig.options.deadline_ms = rig.options.connect_ms = 300;
  EXPECT_FALSE(rig.ask_one().ok);
  EXPECT_EQ(rig.server.chats(), 0);
}

// A redirect would carry the song and the key elsewhere.
TEST(LlmBroker, RedirectsAreNotFollowed) {
  FakeLlmServer other([](const Request&) { return Server::chat(kTestBrood); });
  for (const int status : {301, 302, 307, 308}) {
    BrokerRig rig([&](const Request&) { return Server::error(status, "", "no", "", "Location: " + other.url() + "/v1/chat/completions\r\n"); });
    EXPECT_NE(rig.ask_one().reason.find("redirect"), std::string::npos);
  }
  EXPECT_EQ(other.seen().size(), 0u);
}

// The server answers nothing before all questions are asked: an ask() that waited for it would wait in vain.
TEST(LlmBroker, NeverBlocksAndTakesLateAnswers) {
  std::atomic<bool> all_asked{false};
  BrokerRig rig(completions([&](const Request& r) {
    Server::Reply reply = Server::chat(kTestBrood);
    for (int i = 0; i < 500 && !all_asked; i++) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    reply.delay_ms = r.number == 1 ? 1200 : 60'000;
    return all_asked ? reply : Server::Reply{};
  }));
  rig.options.deadline_ms = 1000;
  rig.options.late_ms = 3000;
  rig.start();
  for (uint32_t i = 0; i < 200; i++) rig.ask(i, i);
  all_asked = true;
  unsigned late = 0, ok = 0;
  for (const LlmReply& reply : rig.replies(200)) {
    late += reply.late;
    ok += reply.ok;
  }
  EXPECT_EQ(ok, 1u);
  EXPECT_EQ(late, 1u);
  const LlmStatus s = rig.broker->status();
  EXPECT_EQ(s.in_flight + s.waiting, 0u);
  EXPECT_EQ(s.answers + s.failures + s.refused, 200u);
  EXPECT_LE(rig.server.chats(), 32);  // connections
}

TEST(LlmBroker, OneAgentCannotFillTheQueue) {
  BrokerRig rig(completions([](const Request&) {
    Server::Reply reply = Server::chat(kTestBrood);
    reply.delay_ms = 300;
    return reply;
  }));
  for (uint64_t i = 0; i < 20; i++) rig.ask(1, i);
  unsigned ok = 0;
  for (const LlmReply& reply : rig.replies(20)) ok += reply.ok;
  EXPECT_EQ(ok, 3u);
}

TEST(LlmBroker, ServerLimitsAreKept) {
  BrokerRig rig(completions([](const Request&) {
    return Server::Reply{Server::http(nlohmann::json::parse(Server::chat(kTestBrood).bytes.substr(Server::chat(kTestBrood).bytes.find("\r\n\r\n") + 4)).dump(), 200,
                                      "x-ratelimit-limit-requests: 500\r\nx-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1m0s\r\n").bytes, 0};
  }));
  rig.options.deadline_ms = 1500;
  EXPECT_TRUE(rig.ask_one(1, 1).ok);
  EXPECT_NE(rig.ask_one(2, 2).reason.find("rate limit"), std::string::npos);
  EXPECT_EQ(rig.server.chats(), 1);
}

TEST(LlmBroker, ModelListWarnsOfShutdown) {
  BrokerRig rig([](const Request& r) {
    if (r.method == "GET") return Server::models({{{"id", "gpt-6-luna"}, {"shutdown_date", "2999-01-02"}}, {{"id", "other"}}});
    return Server::chat(kTestBrood);
  });
  EXPECT_TRUE(rig.ask_one().ok);
  while (rig.broker->status().notice.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_NE(rig.broker->status().notice.find("2999-01-02"), std::string::npos);
}

TEST(LlmBroker, ModelListSaysWhatThereIsInstead) {
  BrokerRig rig([](const Request& r) {
    if (r.method == "GET") return Server::models({{{"id", "llama-3.2:1b"}}, {{"id", "<script>"}}});
    return Server::chat(kTestBrood);
  });
  EXPECT_TRUE(rig.ask_one().ok);  // llama.cpp serves what it has whatever it is called
  while (rig.broker->status().notice.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_NE(rig.broker->status().notice.find("llama-3.2:1b"), std::string::npos);
  EXPECT_EQ(rig.broker->status().notice.find("script"), std::string::npos);
}

TEST(LlmBroker, OptionsThatMakeNoSense) {
  const auto message = [](const std::function<void(LlmOptions&)>& change) {
    BrokerRig rig(completions([](const Request&) { return Server::chat(kTestBrood); }));
    change(rig.options);
    auto broker = LlmBroker::start(rig.options);
    return broker.ok() ? "ok" : broker.error().message;
  };
  EXPECT_NE(message([](LlmOptions& o) { o.model = ""; }).find("which model"), std::string::npos);
  EXPECT_NE(message([](LlmOptions& o) { o.model = "mystery-1"; }).find("--llm-price-in"), std::string::npos);
  EXPECT_NE(message([](LlmOptions& o) { o.base_url = "http://example.com"; }).find("https"), std::string::npos);
  EXPECT_NE(message([](LlmOptions& o) { o.base_url = "ftp://example.com"; }).find("http"), std::string::npos);
  EXPECT_NE(message([](LlmOptions& o) { o.state_folder = "/proc/no/such"; }), "ok");
  EXPECT_EQ(message([](LlmOptions& o) { o.model = "mystery-1", o.caps.tokens = 1000; }), "ok");
}

}  // namespace
}  // namespace sotto::contest
