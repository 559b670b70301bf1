// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/score_text.h"

#include <algorithm>

namespace sotto::contest {

std::string score_text(uint32_t score, uint32_t score_unit) {
  const std::string whole = std::to_string(score / score_unit), rest = std::to_string(score % score_unit);
  const size_t digits = std::to_string(score_unit).size() - 1;
  if (digits == 0) return whole;
  std::string text = whole;
  text += '.';
  text.append(digits - std::min(digits, rest.size()), '0');
  text += rest;
  return text;
}

Result<uint32_t> parse_score(std::string_view text, uint32_t score_unit) {
  const Error error = usage_error("a score is a decimal such as 6.25, in steps of 1/" + std::to_string(score_unit));
  uint64_t value = 0, scale = 0;  // scale: 0 before the point, then the power of ten that was read after it
  bool any = false;
  for (const char c : text) {
    if (c == '.' && scale == 0) {
      scale = 1;
      continue;
    }
    if (c < '0' || c > '9') return error;
    any = true;
    value = value * 10 + static_cast<uint64_t>(c - '0');
    scale *= 10;
    if (value > UINT32_MAX || scale > score_unit) return error;
  }
  if (!any) return error;
  value *= score_unit / (scale ? scale : 1);
  if (value > UINT32_MAX) return error;
  return static_cast<uint32_t>(value);
}

std::string with_commas(uint64_t n) {
  std::string digits = std::to_string(n);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

}  // namespace sotto::contest
