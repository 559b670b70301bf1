// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/probe.h"

#include <chrono>

#include "contest/llm/endpoint.h"
#include "contest/llm/estimate.h"
#include "contest/llm/http.h"
#include "contest/llm/models.h"
#include "contest/llm/verdict.h"

namespace sotto::contest {
namespace {

constexpr unsigned kPatienceMs = 5'000;
constexpr unsigned kPollMs = 100;

HttpAnswer get_models(const LlmOptions& options, const Endpoint& endpoint) {
  HttpClient client(1);
  HttpRequest request;
  request.url = endpoint.url("models");
  request.headers = auth_headers(options);
  request.loopback = endpoint.loopback;
  request.connect_ms = request.total_ms = kPatienceMs;
  client.start(std::move(request));
  for (;;) {
    client.wait(kPollMs);
    auto finished = client.take_finished();
    if (!finished.empty()) return std::move(finished[0].second);
  }
}

LlmFinding price_finding(const LlmOptions& options) {
  const auto price = price_of(options);
  if (!price) return {"LLM price", "not known", "give --llm-price-in and --llm-price-out, or --llm-max-tokens"};
  if (price->in == 0 && price->out == 0) return {"LLM price", "free of charge: a server on this machine", ""};
  const std::string source = options.price ? "as given" : std::string("prices of ") + kLlmPricesDate;
  return {"LLM price", usd_short(price->in) + " in, " + usd_short(price->out) + " out per million tokens (" + source + ")", ""};
}

LlmFinding model_finding(const LlmOptions& options, const LlmCatalogue& catalogue) {
  const std::string today = utc_day(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
  const LlmModel* row = find_llm_model(options.model);
  const std::string shutdown = !catalogue.shutdown.empty() ? catalogue.shutdown : row ? row->shutdown : "";
  if (!shutdown.empty() && shutdown <= today) return {"LLM model", shutdown_notice(options.model, shutdown, today), "choose another with --llm openai:MODEL"};
  if (!catalogue.readable) return {"LLM model", options.model + "; the server does not list its models", ""};
  if (!catalogue.offered) {
    const std::string names = shown_names(catalogue);
    return {"LLM model", options.model + " is not on the server's list", names.empty() ? "choose another with --llm" : "the server offers " + names};
  }
  return {"LLM model", options.model + (shutdown.empty() ? ", served" : ", served until " + shutdown), ""};
}

}  // namespace

std::vector<LlmFinding> probe_llm(const LlmOptions& options) {
  if (options.protocol == LlmProtocol::kReplay) return {{"LLM", "recorded answers", ""}};
  const auto endpoint = parse_base_url(options.base_url);
  if (!endpoint) return {{"LLM server", "no usable address", endpoint.error().message}};
  std::vector<LlmFinding> out = {{"LLM key", options.key.empty() ? "none (" + endpoint->shown + " may not want one)" : "there is one", ""}};
  const HttpAnswer answer = get_models(options, *endpoint);
  const bool reached = answer.problem.empty();
  const LlmVerdict verdict = verdict_on(answer, {endpoint->shown, options.model, kMaxAttempts});
  if (!reached) out.push_back({"LLM server", endpoint->shown + " does not answer: " + answer.problem, "start it, or check the base URL"});
  else if (answer.status == 401 || answer.status == 403) out.push_back({"LLM server", endpoint->shown, verdict.reason});
  else out.push_back({"LLM server", endpoint->shown + " answers", ""});
  out.push_back(model_finding(options, answer.status == 200 && reached ? parse_catalogue(answer.body, options.model) : LlmCatalogue{}));
  out.push_back(price_finding(options));
  return out;
}

}  // namespace sotto::contest
