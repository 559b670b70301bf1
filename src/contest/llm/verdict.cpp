// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/verdict.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>

namespace sotto::contest {
namespace {
using Kind = LlmVerdict::Kind;

constexpr uint64_t kMostMs = uint64_t{1} << 40;  // beyond any wait that makes sense

// A decimal number as it stands in a header -> thousandths. Advances `at`.
std::optional<uint64_t> take_thousandths(const std::string& text, size_t& at) {
  uint64_t whole = 0, scale = 0;
  const size_t from = at;
  for (; at < text.size(); at++) {
    const char c = text[at];
    if (c == '.' && scale == 0) {
      scale = 1000;
    } else if (c < '0' || c > '9') {
      break;
    } else if (scale == 0) {
      whole = std::min(whole * 10 + static_cast<uint64_t>(c - '0') * 1000, kMostMs);
    } else if (scale > 1) {
      scale /= 10;
      whole += static_cast<uint64_t>(c - '0') * scale;
    }
  }
  if (at == from) return {};
  return whole;
}

std::optional<uint64_t> number_ms(const std::string& text, bool seconds) {
  size_t at = 0;
  const auto value = take_thousandths(text, at);
  if (!value || at != text.size()) return {};
  return seconds ? *value : *value / 1000;
}

const std::string* header(const std::map<std::string, std::string>& headers, const char* name) {
  const auto it = headers.find(name);
  return it == headers.end() ? nullptr : &it->second;
}

// min(0.5 s * 2^n, 8 s), up to a quarter less.
uint64_t backoff_ms(const Asked& asked) {
  const uint64_t full = std::min<uint64_t>(uint64_t{500} << std::min(asked.attempt - 1, 4u), 8000);
  return full - full * asked.luck / 1024;
}

bool out_of_money(const LlmFault& fault) {
  static const char* const kWords[] = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated"};
  return std::any_of(std::begin(kWords), std::end(kWords), [&](const char* word) { return fault.code == word || fault.type == word; });
}

bool model_missing(const HttpAnswer& answer, const LlmFault& fault) {
  if (fault.code == "model_not_found") return true;
  return answer.status == 404 && fault.message.find("model") != std::string::npos;
}

LlmVerdict fail(std::string reason) {
  LlmVerdict v;
  v.reason = std::move(reason);
  return v;
}

LlmVerdict pause(std::string reason) {
  LlmVerdict v = fail(std::move(reason));
  v.kind = Kind::kPause;
  return v;
}

LlmVerdict no_retry(const HttpAnswer& answer, const LlmFault& fault, const Asked& asked) {
  const std::string status = std::to_string(answer.status);
  const std::string code = fault.code.empty() ? "" : ", " + fault.code;
  if (model_missing(answer, fault))
    return pause("the server " + asked.server + " does not know the model \"" + asked.model +
                 "\" (it may have been retired): choose another with --llm openai:MODEL; `sotto doctor` lists what the server offers");
  if (answer.status == 401) return pause("the server " + asked.server + " does not accept the key (HTTP 401): check OPENAI_API_KEY, SOTTO_LLM_API_KEY or --llm-key-file");
  if (answer.status == 402) return pause("the account at " + asked.server + " has no credit left (HTTP 402)");
  if (answer.status == 403) return pause("the server " + asked.server + " does not let this key use the model (HTTP 403" + code + "): check project, organization and region");
  if (answer.status == 404) return pause("the server " + asked.server + " has no such call (HTTP 404): check the base URL; servers without /v1/responses need --llm openai:MODEL");
  if (answer.status >= 300 && answer.status < 400) return pause("the server " + asked.server + " redirects elsewhere (HTTP " + status + "); redirects are not followed: give the final base URL");
  return fail("the server refuses the request (HTTP " + status + code + ")");
}

LlmVerdict retry(const HttpAnswer& answer, const Asked& asked, std::string reason) {
  LlmVerdict v = fail(std::move(reason));
  v.limited = answer.status == 429;
  v.charged = answer.status == 502 || answer.status == 504;
  const auto wait = retry_after_ms(answer.headers, asked.unix_ms);
  if (wait && *wait > kLongestWaitMs) {
    v.reason += "; it wants us to wait for more than two minutes";
    return v;
  }
  if (asked.attempt >= kMaxAttempts) return v;
  v.kind = Kind::kRetry;
  v.wait_ms = wait && *wait > 0 ? *wait : backoff_ms(asked);
  return v;
}

}  // namespace

std::optional<uint64_t> parse_duration_ms(const std::string& text) {
  uint64_t total = 0;
  size_t at = 0;
  if (text.empty()) return {};
  while (at < text.size()) {
    const auto value = take_thousandths(text, at);
    if (!value) return {};
    const std::string unit = text.substr(at, std::min(text.find_first_of("0123456789.", at), text.size()) - at);
    at += unit.size();
    if (unit == "ms") total += *value / 1000;
    else if (unit == "s" || unit.empty()) total += *value;
    else if (unit == "m") total += *value * 60;
    else if (unit == "h") total += *value * 3600;
    else if (unit == "d") total += *value * 86400;
    else return {};
    total = std::min(total, kMostMs);
  }
  return total;
}

std::optional<uint64_t> retry_after_ms(const std::map<std::string, std::string>& headers, int64_t unix_ms) {
  if (const auto* text = header(headers, "retry-after-ms"))
    if (const auto ms = number_ms(*text, false)) return ms;
  const auto* text = header(headers, "retry-after");
  if (!text) return {};
  if (const auto ms = number_ms(*text, true)) return ms;
  const time_t date = curl_getdate(text->c_str(), nullptr);
  if (date < 0) return {};
  const int64_t wait = static_cast<int64_t>(date) * 1000 - unix_ms;
  return wait > 0 ? std::optional<uint64_t>(static_cast<uint64_t>(wait)) : std::nullopt;
}

LlmVerdict verdict_on(const HttpAnswer& answer, const Asked& asked) {
  if (!answer.problem.empty()) {
    // Nothing was sent, or the server died on it. In the second case the work may have been done: it counts as paid for.
    HttpAnswer lost = answer;
    lost.status = 0;
    LlmVerdict v = retry(lost, asked, "no whole answer from " + asked.server + ": " + answer.problem);
    v.charged = answer.sent;
    return v;
  }
  if (answer.status == 200) {
    LlmVerdict v;
    v.kind = Kind::kTake;
    return v;
  }
  const LlmFault fault = parse_fault(answer.body);
  if (out_of_money(fault))
    return pause("the account at " + asked.server + " has used up its quota: add credit there, or go on without the model");
  const long s = answer.status;
  const bool known_retry = s == 408 || s == 409 || s == 429 || s >= 500;
  const auto* wish = header(answer.headers, "x-should-retry");
  const bool never = s == 400 || s == 401 || s == 402 || s == 403 || s == 404 || s < 400;
  const bool again = !never && (wish && (*wish == "true" || *wish == "false") ? *wish == "true" : known_retry);
  const std::string code = fault.code.empty() ? "" : ", " + fault.code;
  if (again) return retry(answer, asked, "the server is busy or broken (HTTP " + std::to_string(s) + code + ")");
  if ((s == 400 || s == 422) && !model_missing(answer, fault)) {
    LlmVerdict v = no_retry(answer, fault, asked);
    v.kind = Kind::kAdapt;  // the broker fails it with this reason if there is nothing to adapt
    v.fault = fault;
    return v;
  }
  LlmVerdict v = no_retry(answer, fault, asked);
  v.limited = s == 429;
  return v;
}

}  // namespace sotto::contest
