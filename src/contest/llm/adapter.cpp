// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/adapter.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

constexpr size_t kMaxCode = 40;

// Around the two texts: roles, separators, the schema where the server counts it.
constexpr uint64_t kFramingTokens = 64;

// A member of an object, or null: servers leave out what they like.
const Json& at(const Json& object, const char* name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto it = object.find(name);
  return it == object.end() ? nothing : *it;
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

uint64_t count_of(const Json& value) {
  if (!value.is_number()) return 0;
  const double number = value.get<double>();
  return number > 0 && number < 1e12 ? static_cast<uint64_t>(number) : 0;
}

const char* effort_name(Effort effort) { return effort == Effort::kNone ? "none" : "minimal"; }

void write_common(Json& body, const LlmRequest& request, const Dialect& dialect) {
  body["model"] = request.model;
  if (dialect.takes("store")) body["store"] = false;
  if (dialect.takes("temperature")) body["temperature"] = request.temperature / 10.0;
  if (dialect.takes("safety_identifier")) body["safety_identifier"] = request.safety_identifier;
}

Json chat_body(const LlmRequest& request, const Dialect& dialect) {
  Json body = {{"messages", Json::array({{{"role", "system"}, {"content", request.system}}, {{"role", "user"}, {"content", request.user}}})}};
  write_common(body, request, dialect);
  const unsigned limit = request.max_tokens * dialect.room;
  if (dialect.limit == LimitName::kMaxCompletionTokens) body["max_completion_tokens"] = limit;
  if (dialect.limit == LimitName::kMaxTokens) body["max_tokens"] = limit;
  if (dialect.effort != Effort::kUnsaid) body["reasoning_effort"] = effort_name(dialect.effort);
  if (dialect.format == AnswerFormat::kSchema) {
    body["response_format"] = {{"type", "json_schema"},
                               {"json_schema", {{"name", "brood"}, {"strict", true}, {"schema", Json::parse(request.schema)}}}};
  } else if (dialect.format == AnswerFormat::kJson) {
    body["response_format"] = {{"type", "json_object"}};
  }
  return body;
}

Json responses_body(const LlmRequest& request, const Dialect& dialect) {
  Json body = {{"instructions", request.system}, {"input", request.user}};
  write_common(body, request, dialect);
  if (dialect.limit != LimitName::kNone) body["max_output_tokens"] = request.max_tokens * dialect.room;
  if (dialect.effort != Effort::kUnsaid) body["reasoning"] = {{"effort", effort_name(dialect.effort)}};
  if (dialect.format == AnswerFormat::kSchema) {
    body["text"] = {{"format", {{"type", "json_schema"}, {"name", "brood"}, {"strict", true}, {"schema", Json::parse(request.schema)}}}};
  } else if (dialect.format == AnswerFormat::kJson) {
    body["text"] = {{"format", {{"type", "json_object"}}}};
  }
  return body;
}

LlmUsage parse_usage(const Json& root, const LlmRequest& request, const std::string& text) {
  const Json& usage = at(root, "usage");
  const bool chat = at(usage, "prompt_tokens").is_number();
  const bool known = chat || at(usage, "input_tokens").is_number();
  if (!known) return {estimated_tokens(request.system.size() + request.user.size()) + kFramingTokens, 0, 0, estimated_tokens(text.size()), 0, true};
  const Json& in_details = at(usage, chat ? "prompt_tokens_details" : "input_tokens_details");
  const Json& out_details = at(usage, chat ? "completion_tokens_details" : "output_tokens_details");
  LlmUsage u;
  u.in = count_of(at(usage, chat ? "prompt_tokens" : "input_tokens"));
  u.out = count_of(at(usage, chat ? "completion_tokens" : "output_tokens"));
  u.cached = std::min(count_of(at(in_details, "cached_tokens")), u.in);
  u.cache_write = std::min(count_of(at(in_details, "cache_write_tokens")), u.in - u.cached);
  u.thinking = count_of(at(out_details, "reasoning_tokens"));
  return u;
}

// content is a string, or, on some servers, a list of parts.
std::string content_text(const Json& content) {
  if (!content.is_array()) return text_of(content);
  std::string out;
  for (const Json& part : content) out += text_of(at(part, "text"));
  return out;
}

LlmEnd end_of(const std::string& reason) {
  if (reason == "length" || reason == "max_output_tokens" || reason == "max_tokens") return LlmEnd::kLength;
  return reason == "content_filter" ? LlmEnd::kFilter : LlmEnd::kStop;
}

LlmAnswer parse_chat(const Json& root) {
  const Json& choices = at(root, "choices");
  if (!choices.is_array() || choices.empty()) return {};
  const Json& message = at(choices[0], "message");
  if (!message.is_object()) return {};
  LlmAnswer answer;
  answer.text = without_thoughts(content_text(at(message, "content")));
  answer.end = end_of(text_of(at(choices[0], "finish_reason")));
  if (!text_of(at(message, "refusal")).empty()) answer.end = LlmEnd::kRefusal;
  return answer;
}

LlmAnswer parse_responses(const Json& root) {
  const Json& output = at(root, "output");
  if (!output.is_array()) return {};
  LlmAnswer answer;
  answer.end = end_of(text_of(at(at(root, "incomplete_details"), "reason")));
  for (const Json& item : output) {
    if (text_of(at(item, "type")) != "message") continue;
    const Json& content = at(item, "content");
    if (!content.is_array()) continue;
    for (const Json& part : content) {
      answer.text += text_of(at(part, "text"));
      if (text_of(at(part, "type")) == "refusal") answer.end = LlmEnd::kRefusal;
    }
  }
  answer.text = without_thoughts(answer.text);
  return answer;
}

// Letters, digits and "_.-" only, not long, and no digits in a row as in a key.
std::string identifier(const std::string& text) {
  if (text.size() > kMaxCode) return "";
  unsigned digits = 0;
  for (const unsigned char c : text) {
    if (!std::isalnum(c) && c != '_' && c != '.' && c != '-') return "";
    digits += std::isdigit(c) != 0;
  }
  return digits > 3 ? "" : text;
}

}  // namespace

const char* call_of(LlmProtocol protocol) { return protocol == LlmProtocol::kResponses ? "responses" : "chat/completions"; }

std::string request_body(LlmProtocol protocol, const LlmRequest& request, const Dialect& dialect) {
  const Json body = protocol == LlmProtocol::kResponses ? responses_body(request, dialect) : chat_body(request, dialect);
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

LlmAnswer parse_answer(LlmProtocol protocol, const std::string& body, const LlmRequest& request) {
  const Json root = Json::parse(body, nullptr, false);
  LlmAnswer answer = protocol == LlmProtocol::kResponses ? parse_responses(root) : parse_chat(root);
  answer.usage = parse_usage(root, request, answer.text);
  return answer;
}

LlmFault parse_fault(const std::string& body) {
  const Json root = Json::parse(body, nullptr, false);
  const Json& error = at(root, "error");
  LlmFault fault;
  if (error.is_object()) {
    fault.code = text_of(at(error, "code"));
    fault.type = text_of(at(error, "type"));
    fault.parameter = text_of(at(error, "param"));
    fault.message = text_of(at(error, "message"));
  } else if (error.is_string()) {  // Ollama's older form
    fault.message = text_of(error);
  } else {
    fault.message = text_of(at(root, "message")) + text_of(at(root, "detail"));
  }
  // FastAPI (vLLM): {"detail":[{"loc":["body","name"],...}]}
  if (const Json& detail = at(root, "detail"); detail.is_array() && !detail.empty()) {
    const Json& where = at(detail[0], "loc");
    if (where.is_array() && !where.empty()) fault.parameter = text_of(where.back());
    fault.message = text_of(at(detail[0], "msg"));
  }
  fault.code = identifier(fault.code);
  fault.type = identifier(fault.type);
  return fault;
}

// Formulas are dense: about 2.5 bytes a token; prose has more. Measured with the o200k_base vocabulary, see docs/llm.md.
uint64_t estimated_tokens(size_t bytes) { return (bytes * 2 + 4) / 5; }

uint64_t worst_tokens(const LlmRequest& request) {
  return request.system.size() + request.user.size() + request.schema.size() + kFramingTokens;
}

std::string without_thoughts(const std::string& text) {
  std::string out = text;
  for (const std::string name : {"think", "thinking", "thought", "reasoning"}) {
    const std::string open = '<' + name + '>', close = "</" + name + '>';
    // Templates often swallow the opening mark.
    if (const size_t end = out.find(close); end != std::string::npos && out.find(open) > end) out.erase(0, end + close.size());
    for (size_t from = out.find(open); from != std::string::npos; from = out.find(open)) {
      const size_t end = out.find(close, from);
      out.erase(from, end == std::string::npos ? std::string::npos : end + close.size() - from);
    }
  }
  return out;
}

}  // namespace sotto::contest
