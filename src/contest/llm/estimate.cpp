// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/estimate.h"

#include <algorithm>

#include "contest/llm/endpoint.h"
#include "contest/llm/models.h"
#include "contest/llm/prompt.h"

namespace sotto::contest {
namespace {

constexpr unsigned kHourMs = 3'600'000;

// Counted with the o200k_base vocabulary: the two parts of a prompt with 12 parents and 6 deaths, one order, the schema, and one
// child of an answer. A server's cache makes the first part cheaper; that is not counted on.
constexpr uint64_t kSystemTokens = 1254, kUserTokens = 580, kOrderTokens = 6, kSchemaTokens = 98, kChildTokens = 37, kFramingTokens = 12;
// Classics have 7 to 44 tokens, a child three times the median; the rest is JSON around it.
constexpr unsigned kMostChildTokens = 120, kMostFramingTokens = 120;

uint64_t divide_up(uint64_t a, uint64_t b) { return (a + b - 1) / b; }

}  // namespace

CallSize typical_call(unsigned children) {
  return {kSystemTokens + kUserTokens + kSchemaTokens + kOrderTokens * children, kFramingTokens + kChildTokens * children};
}

unsigned answer_limit(unsigned children) { return kMostFramingTokens + kMostChildTokens * children; }

CostEstimate estimate_cost(const std::optional<LlmPrice>& price, unsigned agents, unsigned every, unsigned slot_ms, unsigned children) {
  const CallSize call = typical_call(children);
  CostEstimate out;
  out.calls_per_hour = uint64_t{agents} * kHourMs / std::max(uint64_t{slot_ms} * every, uint64_t{1});
  out.tokens_in_per_minute = out.calls_per_hour * call.in / 60;
  out.tokens_out_per_minute = out.calls_per_hour * call.out / 60;
  if (!price) return out;
  LlmUsage usage;
  usage.in = call.in;
  usage.out = call.out;
  out.per_call = cost_of(usage, *price);
  usage.in *= out.calls_per_hour;
  usage.out *= out.calls_per_hour;
  out.per_hour = cost_of(usage, *price);
  return out;
}

std::optional<LlmPrice> price_of(const LlmOptions& options) {
  if (options.price) return options.price;
  if (options.protocol == LlmProtocol::kReplay) return LlmPrice{};
  if (const LlmModel* model = find_llm_model(options.model)) return model->price;
  const auto endpoint = parse_base_url(options.base_url);
  if (endpoint.ok() && endpoint->loopback && options.key.empty()) return LlmPrice{};
  return {};
}

std::string estimate_text(const LlmOptions& options, unsigned agents, unsigned slot_ms) {
  if (options.protocol == LlmProtocol::kReplay) return "answers come from a record: nothing is asked, nothing is spent";
  const CostEstimate e = estimate_cost(price_of(options), agents, options.every, slot_ms, options.children);
  std::string out = std::to_string(agents) + (agents == 1 ? " agent asks " : " agents ask ") + options.model + " " +
                    std::to_string(e.calls_per_hour) + " times an hour (" + std::to_string(e.tokens_in_per_minute) + " tokens a minute in, " +
                    std::to_string(e.tokens_out_per_minute) + " out)";
  if (!e.per_hour) return out + "; its price is not known, the cap is " + std::to_string(options.caps.tokens) + " tokens";
  if (*e.per_hour == 0) return out + ", free of charge";
  out += ": about " + usd_short(*e.per_hour) + " an hour at " + usd_short(*e.per_call) + " a call";
  const uint64_t minutes = static_cast<uint64_t>(options.caps.run) * 60 / static_cast<uint64_t>(*e.per_hour);
  return out + "; the cap of " + usd_short(options.caps.run) + " lasts about " +
         (minutes < 120 ? std::to_string(minutes) + " minutes" : std::to_string(minutes / 60) + " hours");
}

std::string cost_table() {
  constexpr unsigned kChildren = 8, kSlotMs = 10'000;
  const auto hour = [](const LlmPrice& price, unsigned agents) { return usd_short(*estimate_cost(price, agents, 1, kSlotMs, kChildren).per_hour); };
  std::string out = "| model | per million in | out | a call | 24 agents, an hour | 64 agents, an hour | served until |\n|---|---|---|---|---|---|---|\n";
  for (const LlmModel& m : llm_models()) {
    out += std::string("| ") + m.name;
    for (const std::string& cell : {usd_short(m.price.in), usd_short(m.price.out), usd_short(*estimate_cost(m.price, 1, 1, kSlotMs, kChildren).per_call),
                                    hour(m.price, 24), hour(m.price, 64), std::string(*m.shutdown ? m.shutdown : "no end known")})
      out.append(" | ").append(cell);
    out += " |\n";
  }
  return out;
}

void Expectation::observe(size_t bytes, const LlmUsage& usage) {
  if (usage.estimated || bytes == 0) return;
  calls_++;
  bytes_ += bytes;
  in_ += usage.in;
  out_ += usage.out;
  most_per_mille_ = std::max(most_per_mille_, divide_up(usage.in * 1000, bytes));
}

CallSize Expectation::worst(size_t bytes, unsigned limit) const {
  if (calls_ < kTrusted) return {bytes, limit};
  return {std::min<uint64_t>(bytes, divide_up(bytes * most_per_mille_ * 11, 10'000)), limit};
}

uint64_t Expectation::typical_tokens(size_t bytes, unsigned limit) const {
  if (calls_ < kTrusted) return estimated_tokens(bytes) + limit;
  return bytes * in_ / bytes_ + out_ / calls_;
}

}  // namespace sotto::contest
