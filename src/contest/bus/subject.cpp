// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/subject.h"

#include <algorithm>
#include <string>

#include "contest/bus/bus.h"

namespace sotto::contest {
namespace {

constexpr size_t kMaxWord = 64, kMaxName = 200;

// Cuts the first word off `rest`, with the dot behind it. `more` says whether a dot was there.
std::string_view take_word(std::string_view& rest, bool& more) {
  const size_t dot = rest.find('.');
  more = dot != std::string_view::npos;
  const std::string_view word = rest.substr(0, dot);
  rest = more ? rest.substr(dot + 1) : std::string_view{};
  return word;
}

bool well_formed(std::string_view text, bool wildcards) {
  if (text.size() > kMaxName) return false;
  for (bool more = true; more;) {
    const std::string_view word = take_word(text, more);
    const bool wild = wildcards && (word == "*" || (word == ">" && !more));
    if (!wild && !is_word(word)) return false;
  }
  return true;
}

}  // namespace

bool is_word(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= kMaxWord && std::all_of(text.begin(), text.end(), fits);
}

Status check_name(std::string_view name) {
  if (well_formed(name, false)) return ok_status();
  return usage_error("not a name for the bus: '" + std::string(name) + "' (words of letters, digits, _ and -, joined by dots)");
}

Status check_subject(std::string_view subject) {
  if (well_formed(subject, false) && (subject.starts_with(kTeamPrefix) || subject.starts_with(kPublicPrefix))) return ok_status();
  return usage_error("not a subject of the bus: '" + std::string(subject) + "' (words joined by dots, beginning with team. or public.)");
}

Status check_pattern(std::string_view pattern) {
  const bool ours = pattern.starts_with(kTeamPrefix) || pattern.starts_with(kPublicPrefix) || pattern.starts_with(kFromPrefix);
  if (ours && well_formed(pattern, true)) return ok_status();
  return usage_error("not a pattern for the bus: '" + std::string(pattern) +
                     "' (words, * for one word, > at the end, beginning with team., public. or from.)");
}

Status check_queue(std::string_view queue) {
  return is_word(queue) ? ok_status() : Status(usage_error("not a queue of the bus: '" + std::string(queue) + "' (one word)"));
}

Status check_payload(ByteSpan data) {
  if (data.size() <= Bus::kMaxPayload) return ok_status();
  return usage_error("a message of " + std::to_string(data.size()) + " bytes is too long for the bus");
}

bool matches(std::string_view pattern, std::string_view name) {
  for (bool more_pattern = true, more_name = true;;) {
    const std::string_view want = take_word(pattern, more_pattern), have = take_word(name, more_name);
    if (want == ">") return true;
    if (want != "*" && want != have) return false;
    if (!more_pattern || !more_name) return more_pattern == more_name;
  }
}

}  // namespace sotto::contest
