// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/money.h"

#include <cstdio>

namespace sotto::contest {
namespace {

constexpr unsigned kDecimals = 6;
constexpr Micros kMostUsd = 1'000'000;

Error bad_amount() { return usage_error("an amount of dollars looks like 1 or 0.25, with at most six digits after the point"); }

}  // namespace

Result<Micros> parse_usd(std::string_view text) {
  if (text.starts_with('$')) text.remove_prefix(1);
  Micros amount = 0;
  unsigned digits = 0, decimals = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return bad_amount();
    if (point && ++decimals > kDecimals) return bad_amount();
    amount = amount * 10 + (c - '0');
    digits++;
    if (amount > kMostUsd * kMicrosPerUsd) return usage_error("more than a million dollars");
  }
  if (!digits) return bad_amount();
  for (; decimals < kDecimals; decimals++) {
    amount *= 10;
    if (amount > kMostUsd * kMicrosPerUsd) return usage_error("more than a million dollars");
  }
  return amount;
}

std::string usd_text(Micros amount) {
  const bool minus = amount < 0;
  const uint64_t size = minus ? 0 - static_cast<uint64_t>(amount) : static_cast<uint64_t>(amount);
  char text[48];
  std::snprintf(text, sizeof text, "%s%llu.%06llu", minus ? "-" : "", static_cast<unsigned long long>(size / kMicrosPerUsd),
                static_cast<unsigned long long>(size % kMicrosPerUsd));
  return text;
}

std::string usd_short(Micros amount) {
  std::string text = usd_text(amount);
  const size_t cents = text.find('.') + 3;
  const size_t first = text.find_first_of("123456789");
  // Two digits after the point, or the first two that are not zero of an amount below a cent.
  size_t keep = cents;
  if (first != std::string::npos && first >= cents) keep = first + 2;
  if (keep < text.size()) text.resize(keep);
  return "$" + text;
}

}  // namespace sotto::contest
