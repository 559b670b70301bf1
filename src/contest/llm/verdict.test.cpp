// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/verdict.h"

#include <gtest/gtest.h>

#include "contest/llm/endpoint.h"
#include "contest/llm/rate.h"

namespace sotto::contest {
namespace {
using Kind = LlmVerdict::Kind;

constexpr int64_t kNow = 1'795'305'600'000;  // Sun, 22 Nov 2026 00:00:00 GMT

HttpAnswer answer(long status, const std::string& body = "{}", std::map<std::string, std::string> headers = {}) {
  HttpAnswer a;
  a.status = status;
  a.body = body;
  a.headers = std::move(headers);
  return a;
}

Asked asked(unsigned attempt = 1, uint32_t luck = 0) { return {"http://server", "model", attempt, luck, kNow}; }

TEST(Verdict, WaitsGrowAndSpread) {
  EXPECT_EQ(verdict_on(answer(500), asked(1)).wait_ms, 500u);
  EXPECT_EQ(verdict_on(answer(500), asked(2)).wait_ms, 1000u);
  EXPECT_EQ(verdict_on(answer(500), asked(3)).kind, Kind::kFail);
  for (uint32_t luck = 0; luck < 256; luck++) {
    const uint64_t wait = verdict_on(answer(500), asked(2, luck)).wait_ms;
    EXPECT_GE(wait, 750u);
    EXPECT_LE(wait, 1000u);
  }
}

TEST(Verdict, RetryAfterInAllItsForms) {
  EXPECT_EQ(retry_after_ms({{"retry-after", "2"}}, kNow), 2000u);
  EXPECT_EQ(retry_after_ms({{"retry-after", "0.25"}}, kNow), 250u);
  EXPECT_EQ(retry_after_ms({{"retry-after-ms", "70"}, {"retry-after", "5"}}, kNow), 70u);
  EXPECT_EQ(retry_after_ms({{"retry-after-ms", "x"}, {"retry-after", "5"}}, kNow), 5000u);
  EXPECT_EQ(retry_after_ms({{"retry-after", "Sun, 22 Nov 2026 00:00:10 GMT"}}, kNow), 10'000u);
  EXPECT_EQ(retry_after_ms({{"retry-after", "Sat, 21 Nov 2026 00:00:10 GMT"}}, kNow), std::nullopt);
  EXPECT_EQ(retry_after_ms({{"retry-after", "soon"}}, kNow), std::nullopt);
  EXPECT_EQ(retry_after_ms({{"retry-after", "-3"}}, kNow), std::nullopt);
  EXPECT_EQ(retry_after_ms({}, kNow), std::nullopt);
  EXPECT_GT(*retry_after_ms({{"retry-after", "99999999999999999999999"}}, kNow), kLongestWaitMs);
}

TEST(Verdict, LongWaitsAreFailures) {
  EXPECT_EQ(verdict_on(answer(429, "{}", {{"retry-after", "120"}}), asked()).kind, Kind::kRetry);
  EXPECT_EQ(verdict_on(answer(429, "{}", {{"retry-after", "120"}}), asked()).wait_ms, 120'000u);
  EXPECT_EQ(verdict_on(answer(429, "{}", {{"retry-after", "121"}}), asked()).kind, Kind::kFail);
  EXPECT_EQ(verdict_on(answer(429, "{}", {{"retry-after", "Sun, 22 Nov 2026 00:03:00 GMT"}}), asked()).kind, Kind::kFail);
  EXPECT_EQ(verdict_on(answer(429, "{}", {{"retry-after", "0"}}), asked()).wait_ms, 500u);
}

TEST(Verdict, ShouldRetryIsObeyedWithinReason) {
  EXPECT_EQ(verdict_on(answer(500, "{}", {{"x-should-retry", "false"}}), asked()).kind, Kind::kFail);
  EXPECT_EQ(verdict_on(answer(418, "{}", {{"x-should-retry", "true"}}), asked()).kind, Kind::kRetry);
  EXPECT_EQ(verdict_on(answer(401, "{}", {{"x-should-retry", "true"}}), asked()).kind, Kind::kPause);
  EXPECT_EQ(verdict_on(answer(429, "{\"error\":{\"code\":\"insufficient_quota\"}}", {{"x-should-retry", "true"}}), asked()).kind, Kind::kPause);
  EXPECT_EQ(verdict_on(answer(500, "{}", {{"x-should-retry", "perhaps"}}), asked()).kind, Kind::kRetry);
}

TEST(Verdict, LostAnswersMayHaveBeenPaidFor) {
  HttpAnswer lost = answer(200);
  lost.problem = "Timeout was reached";
  EXPECT_TRUE(verdict_on(lost, asked()).charged);
  EXPECT_EQ(verdict_on(lost, asked()).kind, Kind::kRetry);
  lost.sent = false;
  EXPECT_FALSE(verdict_on(lost, asked()).charged);
  EXPECT_TRUE(verdict_on(answer(504), asked()).charged);
  EXPECT_FALSE(verdict_on(answer(429), asked()).charged);
}

TEST(Verdict, Durations) {
  EXPECT_EQ(parse_duration_ms("1s"), 1000u);
  EXPECT_EQ(parse_duration_ms("6m0s"), 360'000u);
  EXPECT_EQ(parse_duration_ms("20ms"), 20u);
  EXPECT_EQ(parse_duration_ms("1h2m3.5s"), 3'723'500u);
  EXPECT_EQ(parse_duration_ms("0.25"), 250u);
  for (const char* bad : {"", "s", "1x", "m1", "1 s", "-1s", "."}) EXPECT_FALSE(parse_duration_ms(bad).has_value() && parse_duration_ms(bad) != 0) << bad;
}

// ---- errors as servers write them

TEST(Fault, AsServersWriteIt) {
  EXPECT_EQ(parse_fault("{\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\",\"param\":\"temperature\",\"code\":\"unsupported_value\"}}").parameter, "temperature");
  EXPECT_EQ(parse_fault("{\"error\":{\"code\":400,\"message\":\"m\",\"type\":\"invalid_request_error\"}}").code, "");      // llama.cpp
  EXPECT_EQ(parse_fault("{\"error\":\"model 'x' not found\"}").message, "model 'x' not found");                           // Ollama
  EXPECT_EQ(parse_fault("{\"object\":\"error\",\"message\":\"m\",\"code\":404}").message, "m");                           // vLLM, older
  EXPECT_EQ(parse_fault("{\"detail\":[{\"loc\":[\"body\",\"store\"],\"msg\":\"extra\"}]}").parameter, "store");           // FastAPI
  for (const char* body : {"", "null", "[]", "{\"error\":null}", "{\"error\":[]}", "{\"detail\":[]}", "{\"detail\":[3]}", "<html>"})
    EXPECT_EQ(parse_fault(body).code, "") << body;
  EXPECT_EQ(parse_fault("{\"error\":{\"code\":\"sk-proj-1234567890\"}}").code, "");  // a key is no code
  EXPECT_EQ(parse_fault("{\"error\":{\"code\":\"t*(42&t>>10)\"}}").code, "");        // nor is a song
  EXPECT_EQ(verdict_on(answer(404, "{\"error\":\"model 'x' not found, try pulling it first\"}"), asked()).kind, Kind::kPause);
}

TEST(Dialect, GivesUpStepByStepAndComesToAnEnd) {
  Dialect d;
  for (const char* parameter : {"temperature", "store", "safety_identifier", "reasoning_effort", "reasoning.effort", "response_format", "text.format",
                                "max_completion_tokens", "max_tokens"})
    EXPECT_TRUE(adapt(d, parameter, "")) << parameter;
  EXPECT_EQ(d.format, AnswerFormat::kPlain);
  EXPECT_EQ(d.effort, Effort::kUnsaid);
  EXPECT_EQ(d.limit, LimitName::kNone);
  EXPECT_EQ(d.dropped.size(), 3u);
  for (const char* parameter : {"temperature", "store", "reasoning_effort", "response_format", "max_tokens", "messages", "model", ""})
    EXPECT_FALSE(adapt(d, parameter, "")) << parameter;
  EXPECT_EQ(parse_dialect(dialect_text(d)), d);
  for (const char* text : {"", "[]", "{\"dropped\":3}", "{\"format\":99}", "{\"room\":\"x\"}"}) (void)parse_dialect(text);
  EXPECT_EQ(parse_dialect("{\"room\":\"x\"}"), Dialect{});
  Dialect fresh;
  EXPECT_FALSE(adapt(fresh, "", "the songs were restored; messages[0] is bad"));  // not a word about a parameter
}

TEST(Adapter, ThoughtsAreNoAnswer) {
  EXPECT_EQ(without_thoughts("<think>a</think>b"), "b");
  EXPECT_EQ(without_thoughts("a</think>b"), "b");
  EXPECT_EQ(without_thoughts("<think>a"), "");
  EXPECT_EQ(without_thoughts("<reasoning>a</reasoning>b<think>c</think>d"), "bd");
  EXPECT_EQ(without_thoughts("t<think"), "t<think");
  EXPECT_EQ(without_thoughts("a<b"), "a<b");
}

TEST(Adapter, UsageIsCountedOrEstimated) {
  LlmRequest request;
  request.system = std::string(1000, 's');
  const auto usage = [&](const std::string& u) {
    return parse_answer(LlmProtocol::kChat, "{\"choices\":[{\"message\":{\"content\":\"t*3\"}}]" + u + "}", request).usage;
  };
  const LlmUsage full = usage(",\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":7,\"prompt_tokens_details\":{\"cached_tokens\":64,\"cache_write_tokens\":30},"
                              "\"completion_tokens_details\":{\"reasoning_tokens\":5}}");
  EXPECT_EQ(full.in, 100u);
  EXPECT_EQ(full.cached, 64u);
  EXPECT_EQ(full.cache_write, 30u);
  EXPECT_EQ(full.out, 7u);
  EXPECT_EQ(full.thinking, 5u);
  EXPECT_FALSE(full.estimated);
  for (const char* none : {"", ",\"usage\":null", ",\"usage\":{}", ",\"usage\":[1]", ",\"usage\":{\"prompt_tokens\":\"many\"}"}) {
    EXPECT_TRUE(usage(none).estimated) << none;
    EXPECT_GT(usage(none).in, 300u);
  }
  const LlmUsage absurd = usage(",\"usage\":{\"prompt_tokens\":-5,\"completion_tokens\":1e300,\"prompt_tokens_details\":{\"cached_tokens\":9}}");
  EXPECT_EQ(absurd.in, 0u);
  EXPECT_EQ(absurd.out, 0u);
  EXPECT_EQ(absurd.cached, 0u);  // never more than there is
}

// ---- addresses

TEST(Endpoint, OneJoinForAllSpellings) {
  for (const char* url : {"http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1//"})
    EXPECT_EQ(parse_base_url(url)->url("chat/completions"), "http://127.0.0.1:8080/v1/chat/completions") << url;
  EXPECT_EQ(parse_base_url("https://openrouter.ai/api/v1")->url("models"), "https://openrouter.ai/api/v1/models");
  EXPECT_EQ(parse_base_url("https://host.example/secret-path/v1/")->shown, "https://host.example");
  EXPECT_TRUE(parse_base_url("http://localhost:1")->loopback);
  EXPECT_TRUE(parse_base_url("http://[::1]:1")->loopback);
  EXPECT_FALSE(parse_base_url("http://127.0.0.1.example.com")->loopback);
  for (const char* bad : {"", "127.0.0.1:8080", "ftp://x", "file:///etc/passwd", "https://joe:hunter2@host", "https://host?key=1", "https://host#x", "http://"}) {
    const auto result = parse_base_url(bad);
    ASSERT_FALSE(result.ok()) << bad;
    EXPECT_EQ(result.error().kind, ErrorKind::kUsage);
    EXPECT_EQ(result.error().message.find("hunter2"), std::string::npos);
  }
}

// ---- rate

// Sends whenever it may for a minute; gives the number sent.
unsigned send_for_a_minute(RateLimiter& limiter, uint64_t tokens, int64_t from) {
  unsigned sent = 0;
  for (int64_t now = from; now < from + 60'000; now += 10)
    while (limiter.wait_ms(tokens, now) == 0 && sent < 100'000) {
      limiter.sent(tokens, now);
      sent++;
    }
  return sent;
}

TEST(Rate, BucketsKeepBothLimits) {
  RateLimiter requests(60, 0);
  const unsigned n = send_for_a_minute(requests, 1, 0);
  EXPECT_GE(n, 60u);
  EXPECT_LE(n, 71u);  // a minute's worth and the bucket
  RateLimiter tokens(0, 60'000);
  const unsigned m = send_for_a_minute(tokens, 1000, 0);
  EXPECT_GE(m, 60u);
  EXPECT_LE(m, 71u);
  RateLimiter none(0, 0);
  EXPECT_EQ(send_for_a_minute(none, 1'000'000, 0), 100'000u);
}

TEST(Rate, WhatIsLargerThanTheBucketPassesInTheEnd) {
  RateLimiter limiter(0, 600);
  EXPECT_EQ(send_for_a_minute(limiter, 5000, 0), 1u);
  EXPECT_GT(limiter.wait_ms(5000, 60'000), 60'000u);  // it is in debt
}

TEST(Rate, WaitIsHonest) {
  RateLimiter limiter(30, 20'000);
  int64_t now = 0;
  for (int i = 0; i < 50; i++) {
    now += static_cast<int64_t>(limiter.wait_ms(700, now));
    EXPECT_EQ(limiter.wait_ms(700, now), 0u) << i;
    limiter.sent(700, now);
  }
  EXPECT_GT(now, 80'000);
}

TEST(Rate, HeadersAreHeard) {
  RateLimiter limiter(0, 0);
  limiter.heard_headers({{"x-ratelimit-limit-requests", "120"}, {"x-ratelimit-limit-tokens", "1000000"}}, 0);
  EXPECT_LE(send_for_a_minute(limiter, 100, 0), 141u);
  limiter.heard_headers({{"x-ratelimit-remaining-tokens", "0"}, {"x-ratelimit-reset-tokens", "6s"}}, 100'000);
  EXPECT_GE(limiter.wait_ms(1, 100'000), 6000u);
  EXPECT_EQ(limiter.wait_ms(1, 106'100), 0u);
  RateLimiter given(10, 0);
  given.heard_headers({{"x-ratelimit-limit-requests", "100000"}}, 0);
  EXPECT_LE(send_for_a_minute(given, 1, 0), 12u);  // the user's word counts
  for (const char* nonsense : {"", "x", "-1", "99999999999999999999", "1e9"}) given.heard_headers({{"x-ratelimit-remaining-requests", nonsense}, {"x-ratelimit-reset-requests", nonsense}}, 0);
}

TEST(Rate, RefusalsHalveAndSuccessRaises) {
  RateLimiter limiter(600, 0);
  limiter.refused(500, 1000);
  EXPECT_EQ(limiter.throttle(), 500u);
  EXPECT_EQ(limiter.wait_ms(1, 1000), 500u);
  limiter.refused(0, 1500);  // the same burst
  EXPECT_EQ(limiter.throttle(), 500u);
  limiter.refused(0, 5000);
  EXPECT_EQ(limiter.throttle(), 250u);
  for (int i = 0; i < 100; i++) limiter.succeeded();
  EXPECT_EQ(limiter.throttle(), 1000u);
  for (int i = 0; i < 50; i++) limiter.refused(0, 10'000 + i * 2000);
  EXPECT_GT(limiter.throttle(), 0u);  // it always gets out of it
}

TEST(Rate, ASilentServerIsLearned) {
  RateLimiter limiter(0, 0);
  for (int64_t now = 100'000; now < 110'000; now += 100) {
    EXPECT_EQ(limiter.wait_ms(1, now), 0u);
    limiter.sent(1, now);  // 600 per minute
  }
  limiter.refused(0, 110'000);
  const unsigned n = send_for_a_minute(limiter, 1, 110'000);
  EXPECT_GT(n, 250u);
  EXPECT_LT(n, 450u);
}

}  // namespace
}  // namespace sotto::contest
