// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <sstream>

#include "contest/llm/estimate.h"
#include "contest/llm/models.h"
#include "contest/llm/probe.h"
#include "contest/llm/prompt.h"
#include "contest/llm/testing/fake_llm_server.h"

namespace sotto::contest {
namespace {
using Variables = std::map<std::string, std::string>;

Result<LlmOptions> options(const LlmSettings& settings, const Variables& variables = {}) {
  return llm_options(settings, [&](const char* name) -> const char* {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  });
}
LlmSettings llm(const std::string& text) {
  LlmSettings s;
  s.llm = text;
  return s;
}
std::string error_of(const LlmSettings& settings, const Variables& variables = {}) {
  const auto result = options(settings, variables);
  EXPECT_FALSE(result.ok()) << settings.llm;
  if (result.ok()) return "";
  EXPECT_EQ(result.error().kind, ErrorKind::kUsage);
  return result.error().message;
}

const Variables kOpenAi = {{"OPENAI_API_KEY", "sk-openai"}};

TEST(LlmConfig, Forms) {
  const auto plain = options(llm("openai"), kOpenAi);
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(plain->model, kDefaultLlmModel);
  EXPECT_EQ(plain->base_url, "https://api.openai.com/v1");
  EXPECT_EQ(plain->key.reveal(), "sk-openai");
  EXPECT_EQ(plain->caps.run, kMicrosPerUsd);
  EXPECT_EQ(options(llm("responses:gpt-4o-mini"), kOpenAi)->protocol, LlmProtocol::kResponses);
  EXPECT_EQ(options(llm("openai:gpt-6-luna@https://proxy.example/api"), {{"SOTTO_LLM_API_KEY", "k"}})->base_url, "https://proxy.example/api");
  EXPECT_EQ(options(llm("http://127.0.0.1:8080"))->model, "default");
  EXPECT_EQ(options(llm("http://127.0.0.1:8080/v1#qwen3:4b"))->model, "qwen3:4b");
  EXPECT_EQ(options(llm("llamacpp"))->base_url, "http://127.0.0.1:8080/v1");
  EXPECT_EQ(options(llm("ollama:llama3.2:1b"))->model, "llama3.2:1b");
  EXPECT_EQ(options(llm("vllm:Qwen/Qwen3-4B"))->base_url, "http://127.0.0.1:8000/v1");
  const auto replay = options(llm("replay:answers.jsonl"));
  EXPECT_EQ(replay->protocol, LlmProtocol::kReplay);
  EXPECT_EQ(replay->replay_file, "answers.jsonl");
  for (const char* bad : {"", "gpt-6-luna", "openia:x", "ollama", "vllm:", "replay:", "ftp://x", ":", "http://"}) EXPECT_FALSE(options(llm(bad), kOpenAi).ok()) << bad;
}

TEST(LlmConfig, OurVariablesComeFirst) {
  const Variables both = {{"OPENAI_API_KEY", "sk-openai"}, {"SOTTO_LLM_API_KEY", "sk-sotto"}, {"OPENAI_BASE_URL", "https://a.example/v1"},
                          {"OPENAI_ORG_ID", "org"}, {"OPENAI_PROJECT_ID", "proj"}};
  EXPECT_EQ(options(llm("openai"), both)->key.reveal(), "sk-sotto");
  EXPECT_EQ(options(llm("openai"), both)->base_url, "https://a.example/v1");
  EXPECT_EQ(options(llm("openai"), both)->organization, "org");
  EXPECT_EQ(options(llm("openai"), both)->project, "proj");
  Variables ours = both;
  ours["SOTTO_LLM_BASE_URL"] = "https://b.example/v1";
  ours["SOTTO_LLM_ORG_ID"] = "mine";
  EXPECT_EQ(options(llm("openai"), ours)->base_url, "https://b.example/v1");
  EXPECT_EQ(options(llm("openai"), ours)->organization, "mine");
}

// The key for OpenAI is not sent to whatever server somebody names.
TEST(LlmConfig, OpenAisKeyStaysWithOpenAi) {
  EXPECT_TRUE(options(llm("openai:gpt-6-luna@https://other.example/v1"), kOpenAi)->key.empty());
  EXPECT_TRUE(options(llm("http://127.0.0.1:8080"), kOpenAi)->key.empty());
  Variables ours = kOpenAi;
  ours["SOTTO_LLM_BASE_URL"] = "https://other.example/v1";
  EXPECT_TRUE(options(llm("openai"), ours)->key.empty());
  EXPECT_EQ(options(llm("openai:gpt-6-luna@https://api.openai.com"), kOpenAi)->key.reveal(), "sk-openai");
}

TEST(LlmConfig, KeyFiles) {
  const std::string path = testing::TempDir() + "/sotto-llm-key-" + std::to_string(::getpid());
  std::ofstream(path) << "sk-file\nsecond line\n";
  LlmSettings s = llm("openai");
  s.key_file = path;
  ::chmod(path.c_str(), 0644);
  EXPECT_NE(error_of(s).find("chmod 600"), std::string::npos);
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(options(s, kOpenAi)->key.reveal(), "sk-file");
  EXPECT_EQ(options(llm("openai"), {{"SOTTO_LLM_KEY_FILE", path}})->key.reveal(), "sk-file");
  std::ofstream(path) << "two words\n";
  EXPECT_EQ(error_of(s).find("two words"), std::string::npos);
  std::ofstream(path, std::ios::trunc);
  EXPECT_NE(error_of(s).find("empty"), std::string::npos);
  ::unlink(path.c_str());
  EXPECT_NE(error_of(s).find("cannot be read"), std::string::npos);
}

TEST(LlmConfig, SaysWhatIsMissing) {
  const std::string no_key = error_of(llm("openai"));
  for (const char* word : {"OPENAI_API_KEY", "--llm-key-file", "--llm llamacpp"}) EXPECT_NE(no_key.find(word), std::string::npos) << word;
  EXPECT_NE(error_of(llm("openai:mystery"), kOpenAi).find("--llm-price-in"), std::string::npos);
  const std::string odd = error_of(llm("openai"), {{"OPENAI_API_KEY", "sk-a\nb"}});
  EXPECT_EQ(odd.find("sk-a"), std::string::npos);
  EXPECT_NE(error_of(llm("openai"), {{"OPENAI_API_KEY", "k"}, {"OPENAI_ORG_ID", "a\r\nX: y"}}).find("one line"), std::string::npos);
}

TEST(LlmConfig, Money) {
  LlmSettings s = llm("openai:mystery");
  s.max_usd = "2.50";
  s.max_usd_per_agent = "0.10";
  s.max_usd_per_day = "1";
  s.price_in = "0.2";
  EXPECT_NE(error_of(s, kOpenAi).find("belong together"), std::string::npos);
  s.price_out = "0.8";
  const auto o = options(s, kOpenAi);
  ASSERT_TRUE(o.ok());
  EXPECT_EQ(o->caps.run, 2'500'000);
  EXPECT_EQ(o->caps.agent, 100'000);
  EXPECT_EQ(o->caps.day, 1'000'000);
  EXPECT_EQ(price_of(*o)->out, 800'000);
  s.price_in = s.price_out = "";
  s.max_tokens = 1000;
  EXPECT_TRUE(options(s, kOpenAi).ok());
  s.max_usd = "lots";
  EXPECT_FALSE(options(s, kOpenAi).ok());
}

// ---- models and what they cost

TEST(LlmModels, NamesAndSnapshots) {
  EXPECT_STREQ(find_llm_model("gpt-6-luna-2026-10-01")->name, "gpt-6-luna");
  EXPECT_STREQ(find_llm_model("gpt-5-mini")->name, "gpt-5-mini");
  for (const char* other : {"gpt-6-luna-pro", "gpt-6-luna-2026-1-01", "openai/gpt-6-luna", "gpt-6", ""}) EXPECT_EQ(find_llm_model(other), nullptr) << other;
  ASSERT_NE(find_llm_model(kDefaultLlmModel), nullptr);
  EXPECT_STREQ(find_llm_model(kDefaultLlmModel)->shutdown, "");  // the default is not about to go
}

TEST(LlmModels, CostIsRoundedUp) {
  const LlmPrice price{100'000, 10'000, 125'000, 500'000};
  LlmUsage usage;
  EXPECT_EQ(cost_of(usage, price), 0);
  usage.in = 1;
  EXPECT_EQ(cost_of(usage, price), 1);
  usage.in = 1000, usage.cached = 400, usage.cache_write = 200, usage.out = 10;
  EXPECT_EQ(cost_of(usage, price), 40 + 4 + 25 + 5);
  usage.in = uint64_t{1} << 40;
  EXPECT_GT(cost_of(usage, {kMicrosPerUsd * 1000, 0, 0, 0}), 0);  // no overflow
}

TEST(LlmModels, Shutdown) {
  EXPECT_EQ(shutdown_notice("gpt-4o-mini", "", "2026-11-22"), "");
  EXPECT_EQ(shutdown_notice("gpt-4o-mini", "2027-01-14", "2026-11-22"), "the model gpt-4o-mini will be shut down on 2027-01-14; its successor is gpt-6-luna");
  EXPECT_NE(shutdown_notice("x", "2027-01-14", "2027-01-14").find("was shut down"), std::string::npos);
  EXPECT_EQ(parse_catalogue("{\"data\":[{\"id\":\"m\",\"shutdown_date\":1799884800}]}", "m").shutdown, "2027-01-14");
  EXPECT_EQ(parse_catalogue("{\"data\":[{\"id\":\"m\",\"shutdown_date\":\"2027-01-14T00:00:00Z\"}]}", "m").shutdown, "2027-01-14");
  EXPECT_EQ(parse_catalogue("{\"data\":[{\"id\":\"m\",\"shutdown_date\":\"soon\"}]}", "m").shutdown, "");
  for (const char* body : {"", "[]", "{\"data\":3}", "{\"data\":[3,{\"id\":4}]}"}) EXPECT_FALSE(parse_catalogue(body, "m").offered) << body;
}

// ---- doctor

std::string found(const LlmOptions& o) {
  std::string out;
  for (const LlmFinding& f : probe_llm(o)) out += f.name + "=" + f.state + (f.remedy.empty() ? "" : " -> " + f.remedy) + "\n";
  return out;
}

TEST(LlmProbe, SaysWhatThereIs) {
  FakeLlmServer server([](const FakeLlmServer::Request& r) {
    if (r.head.find("Bearer sk-good") == std::string::npos) return FakeLlmServer::error(401, "invalid_api_key", "Incorrect API key provided: sk-bad");
    return FakeLlmServer::models({{{"id", "gpt-6-luna"}, {"shutdown_date", "2999-01-01"}}, {{"id", "old"}, {"shutdown_date", "2020-01-01"}}});
  });
  LlmOptions o;
  o.base_url = server.url();
  o.model = "gpt-6-luna";
  o.key = Secret("sk-good");
  EXPECT_EQ(found(o), "LLM key=there is one\nLLM server=" + server.url() + " answers\nLLM model=gpt-6-luna, served until 2999-01-01\n"
                      "LLM price=$0.10 in, $0.50 out per million tokens (prices of " + std::string(kLlmPricesDate) + ")\n");
  o.model = "old";
  EXPECT_NE(found(o).find("was shut down on 2020-01-01"), std::string::npos);
  EXPECT_NE(found(o).find("LLM price=not known -> "), std::string::npos);
  o.model = "unheard-of";
  EXPECT_NE(found(o).find("the server offers gpt-6-luna, old"), std::string::npos);
  o.key = Secret("sk-bad");
  EXPECT_NE(found(o).find("does not accept the key"), std::string::npos);
  EXPECT_EQ(found(o).find("sk-bad"), std::string::npos);
  o.base_url = "http://127.0.0.1:1";
  EXPECT_NE(found(o).find("does not answer"), std::string::npos);
}

TEST(LlmEstimate, SaysItBeforeTheStart) {
  auto o = *options(llm("openai"), kOpenAi);
  const std::string text = estimate_text(o, 24, 10'000);
  EXPECT_NE(text.find("24 agents ask gpt-6-luna 8640 times an hour"), std::string::npos) << text;
  EXPECT_NE(text.find("the cap of $1.00 lasts about "), std::string::npos) << text;
  o.every = 6;
  EXPECT_NE(estimate_text(o, 24, 10'000).find("1440 times an hour"), std::string::npos);
  EXPECT_NE(estimate_text(*options(llm("llamacpp")), 1, 10'000).find("free of charge"), std::string::npos);
  LlmSettings s = llm("openai:mystery");
  s.max_tokens = 5000;
  EXPECT_NE(estimate_text(*options(s, kOpenAi), 2, 10'000).find("cap is 5000 tokens"), std::string::npos);
}

TEST(LlmEstimate, BoundsAreBounds) {
  Expectation e;
  EXPECT_EQ(e.worst(5000, 1000).in, 5000u);  // one token per byte until it knows better
  LlmUsage usage;
  for (unsigned i = 0; i < Expectation::kTrusted; i++) {
    usage.in = 1500 + i;
    usage.out = 300;
    e.observe(5000, usage);
  }
  EXPECT_GE(e.worst(5000, 1000).in, 1519u);
  EXPECT_LE(e.worst(5000, 1000).in, 1700u);
  EXPECT_EQ(e.worst(5000, 1000).out, 1000u);  // the limit stays the bound of the answer
  EXPECT_NEAR(static_cast<double>(e.typical_tokens(5000, 1000)), 1810, 20);
  e.surprised();
  EXPECT_EQ(e.worst(5000, 1000).in, 5000u);
}

// The numbers that were counted belong to the prompts as they are: three bytes a token in the system prompt.
TEST(LlmEstimate, TheSystemPromptIsWhatWasCounted) {
  const double counted = static_cast<double>(typical_call(0).in) - 580 - 98;
  EXPECT_NEAR(static_cast<double>(system_prompt().size()) / counted, 3.01, 0.15) << "count the tokens again (docs/llm.md, section 3)";
  EXPECT_GT(counted, 1024 + 64);  // long enough to be cached by the server
}

// The document's table is the code's.
TEST(LlmEstimate, TableOfTheDocument) {
  std::ifstream file(std::string(SOTTO_SOURCE_DIR) + "/docs/llm.md");
  std::stringstream document;
  document << file.rdbuf();
  EXPECT_NE(document.str().find(cost_table()), std::string::npos) << "docs/llm.md should hold:\n" << cost_table();
  EXPECT_NE(document.str().find(std::string("prices of ") + kLlmPricesDate), std::string::npos);
}

}  // namespace
}  // namespace sotto::contest
