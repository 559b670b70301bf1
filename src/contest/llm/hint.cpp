// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/hint.h"

#include <algorithm>
#include <cctype>
#include <functional>

namespace sotto::contest {
namespace {

constexpr size_t kLeast = 6;     // specimens that are worth comparing
constexpr int kClear = 2;        // specimens by which the halves must differ

struct Trait {
  const char* name;
  std::function<bool(const Specimen&)> holds;
};

auto contains(const char* text) {
  return [text](const Specimen& s) { return s.source.find(text) != std::string::npos; };
}

// A single character that is an operator of its own, not a part of "<<" or ">>>".
auto single(char op) {
  return [op](const Specimen& s) {
    for (size_t i = 0; i < s.source.size(); i++)
      if (s.source[i] == op && (i == 0 || s.source[i - 1] != op) && (i + 1 == s.source.size() || s.source[i + 1] != op)) return true;
    return false;
  };
}

// A slow clock: t>>10 and slower.
bool has_slow_clock(const Specimen& s) {
  for (size_t at = s.source.find(">>"); at != std::string::npos; at = s.source.find(">>", at + 2))
    if (at + 3 < s.source.size() && s.source[at + 2] == '1' && std::isdigit(static_cast<unsigned char>(s.source[at + 3]))) return true;
  return false;
}

const std::vector<Trait>& traits() {
  static const std::vector<Trait> list = {
      {"note tables", contains("[")},
      {"slow clocks (t>>10 and slower)", has_slow_clock},
      {"% loops", contains("%")},
      {"division", contains("/")},
      {"multiplied pitches", contains("*")},
      {"& gates", single('&')},
      {"| mixing", single('|')},
      {"^ harmonics", single('^')},
      {"+ mixing", contains("+")},
      {"?: sections", contains("?")},
      {"left shifts", contains("<<")},
      {"a dull sound (brightness up to 2)", [](const Specimen& s) { return s.brightness <= 2; }},
      {"a bright sound (brightness from 5)", [](const Specimen& s) { return s.brightness >= 5; }},
      {"much motion (from 4)", [](const Specimen& s) { return s.motion >= 4; }},
      {"little motion (up to 1)", [](const Specimen& s) { return s.motion <= 1; }},
      {"more than 12 instructions", [](const Specimen& s) { return s.instructions > 12; }},
  };
  return list;
}

}  // namespace

std::string hint_of(const std::vector<Specimen>& specimens) {
  if (specimens.size() < kLeast) return "";
  const auto middle = specimens.begin() + static_cast<ptrdiff_t>(specimens.size() / 2);
  const auto better = specimens.end() - static_cast<ptrdiff_t>(specimens.size() / 2);
  const Trait* most = nullptr;
  const Trait* least = nullptr;
  int highest = kClear - 1, lowest = 1 - kClear;
  for (const Trait& trait : traits()) {
    const int difference = static_cast<int>(std::count_if(better, specimens.end(), trait.holds) - std::count_if(specimens.begin(), middle, trait.holds));
    if (difference > highest) highest = difference, most = &trait;
    if (difference < lowest) lowest = difference, least = &trait;
  }
  std::string out;
  if (most) out = std::string("the better half has more often: ") + most->name;
  if (least) out += std::string(most ? "; less often: " : "the better half has less often: ") + least->name;
  return out;
}

}  // namespace sotto::contest
