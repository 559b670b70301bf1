// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/dialect.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sotto::contest {
namespace {

bool mentions(const std::string& text, const char* word) { return text.find(word) != std::string::npos; }

// A whole word: "store" is not part of "restored", "max_tokens" is not part of "max_tokens_2".
bool mentions_word(const std::string& text, const std::string& word) {
  const auto inside = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !inside(text[at - 1])) && (end == text.size() || !inside(text[end]))) return true;
  }
  return false;
}

template <class Step>
bool step_down(Step& step, Step last) {
  if (step == last) return false;
  step = static_cast<Step>(static_cast<int>(step) + 1);
  return true;
}

bool adapt_to(Dialect& d, const std::string& complaint) {
  if (mentions(complaint, "response_format") || mentions(complaint, "json_schema") || mentions(complaint, "json_object") ||
      mentions(complaint, "text.format") || mentions_word(complaint, "schema"))
    return step_down(d.format, AnswerFormat::kPlain);
  if (mentions(complaint, "reasoning")) return step_down(d.effort, Effort::kUnsaid);
  for (const char* name : kOptionalParameters)
    if (mentions_word(complaint, name)) return d.dropped.insert(name).second;
  // Servers that want the other name often name both; the one that was sent is wrong all the same.
  if (mentions_word(complaint, "max_completion_tokens") || mentions_word(complaint, "max_tokens") || mentions_word(complaint, "max_output_tokens"))
    return step_down(d.limit, LimitName::kNone);
  return false;
}

template <class Step>
Step step_from(const nlohmann::json& j, const char* name, Step last) {
  return static_cast<Step>(std::clamp(j.value(name, 0), 0, static_cast<int>(last)));
}

}  // namespace

bool adapt(Dialect& dialect, const std::string& parameter, const std::string& message) {
  return parameter.empty() ? adapt_to(dialect, message) : adapt_to(dialect, parameter);
}

std::string dialect_text(const Dialect& d) {
  return nlohmann::json{{"format", static_cast<int>(d.format)}, {"limit", static_cast<int>(d.limit)},
                        {"effort", static_cast<int>(d.effort)}, {"dropped", d.dropped}, {"room", d.room}}.dump();
}

Dialect parse_dialect(const std::string& text) {
  const auto j = nlohmann::json::parse(text, nullptr, false);
  if (!j.is_object()) return {};
  try {
    Dialect d;
    d.format = step_from(j, "format", AnswerFormat::kPlain);
    d.limit = step_from(j, "limit", LimitName::kNone);
    d.effort = step_from(j, "effort", Effort::kUnsaid);
    d.dropped = j.value("dropped", std::set<std::string>{});
    d.room = std::clamp(j.value("room", 1u), 1u, kMostRoom);
    return d;
  } catch (const nlohmann::json::exception&) {  // values of other kinds
    return {};
  }
}

}  // namespace sotto::contest
