// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/answer_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "contest/llm/operators.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

constexpr const char* kFormulaNames[] = {"f", "formula", "expression", "expr", "code", "source", "song"};
constexpr const char* kOperatorNames[] = {"op", "operator", "operation"};
constexpr size_t kMaxObject = 8192;   // of one child
constexpr size_t kMaxParents = 8;
constexpr size_t kMaxDepth = 12;      // of lists and objects around a child

template <size_t N>
std::string text_under(const Json& object, const char* const (&names)[N]) {
  for (const char* name : names)
    if (const auto it = object.find(name); it != object.end() && it->is_string()) return it->template get<std::string>();
  return "";
}

std::vector<int> parents_of(const Json& object) {
  std::vector<int> out;
  const auto it = object.find("parents");
  if (it == object.end() || !it->is_array()) return out;
  for (const Json& id : *it)
    if (id.is_number_integer() && out.size() < kMaxParents) out.push_back(static_cast<int>(std::clamp<int64_t>(id.get<int64_t>(), -1, 1'000'000)));
  return out;
}

// Every object with a formula in it, in order.
void walk(const Json& value, size_t depth, size_t limit, std::vector<RawChild>& out) {
  if (depth > kMaxDepth || out.size() >= limit) return;
  if (value.is_object()) {
    const std::string formula = text_under(value, kFormulaNames);
    if (!formula.empty()) return out.push_back({text_under(value, kOperatorNames), parents_of(value), formula, true});
  }
  if (!value.is_structured()) return;
  for (const Json& item : value)  // of an object: its values
    if (item.is_structured()) walk(item, depth + 1, limit, out);
    else if (value.is_array() && item.is_string() && out.size() < limit) out.push_back({"", {}, item.get<std::string>(), true});
}

// The innermost objects of a text that is not JSON as a whole: prose around it, or its end missing. A child has no object in
// it, so the innermost ones are the children.
void salvage(std::string_view text, size_t limit, std::vector<RawChild>& out) {
  size_t open = std::string_view::npos;
  bool quoted = false;
  for (size_t i = 0; i < text.size() && out.size() < limit; i++) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') i++;
      else if (c == '"' || c == '\n') quoted = false;  // no JSON string goes over a line: an odd quote in prose ends there
      continue;
    }
    if (c == '"' && open != std::string_view::npos) quoted = true;
    if (c == '{') open = i;
    if (c != '}' || open == std::string_view::npos) continue;
    if (i - open < kMaxObject) walk(Json::parse(text.substr(open, i + 1 - open), nullptr, false), 0, limit, out);
    open = std::string_view::npos;
  }
}

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") + 1 - from);
}

// "3. ", "- ", "* ", "2) " at the start of a list's line. "*" and "-" need the blank: they begin formulas as well.
std::string_view without_bullet(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("* ")) return trimmed(line.substr(2));
  size_t at = 0;
  while (at < line.size() && line[at] >= '0' && line[at] <= '9') at++;
  if (at > 0 && at + 1 < line.size() && (line[at] == '.' || line[at] == ')') && line[at + 1] == ' ') return trimmed(line.substr(at + 2));
  return line;
}

// "mutate_const(1): t*5" names its operator.
RawChild parse_line(std::string_view line) {
  RawChild child;
  child.named = false;
  for (const LlmOperator& op : kLlmOperators) {
    const std::string_view name = op.name;
    if (!line.starts_with(name)) continue;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    for (size_t i = name.size(); i < colon; i++)
      if (line[i] >= '1' && line[i] <= '9' && child.parents.size() < kMaxParents) {
        int id = 0;
        for (; i < colon && line[i] >= '0' && line[i] <= '9' && id < 100'000; i++) id = id * 10 + (line[i] - '0');
        child.parents.push_back(id);
      }
    child.op = name;
    child.named = true;
    line = trimmed(line.substr(colon + 1));
    break;
  }
  if (const size_t tick = line.find('`'); tick != std::string_view::npos) {  // in prose, formulas stand between backticks
    const size_t end = line.find('`', tick + 1);
    if (end != std::string_view::npos && end > tick + 1) line = line.substr(tick + 1, end - tick - 1);
  }
  child.formula = line;
  return child;
}

void read_lines(std::string_view text, size_t limit, std::vector<RawChild>& out) {
  while (!text.empty() && out.size() < limit) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = without_bullet(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && !line.starts_with("```")) out.push_back(parse_line(line));
  }
}

}  // namespace

std::vector<RawChild> find_raw_children(std::string_view answer, size_t limit) {
  answer = answer.substr(0, kMaxAnswer);
  std::vector<RawChild> out;
  // A text of brackets only would be a deep tree: nothing that a child needs.
  walk(Json::parse(answer, nullptr, false), 0, limit, out);
  if (out.empty()) salvage(answer, limit, out);
  if (out.empty()) read_lines(answer, 4 * limit, out);
  return out;
}

}  // namespace sotto::contest
