// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/wei.h"

#include <algorithm>

namespace sotto::contest {
namespace {
constexpr Wei kMax = ~Wei{0};
constexpr size_t kEtherDigits = 18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

std::string wei_to_decimal(Wei v) {
  std::string s;
  do {
    s += static_cast<char>('0' + static_cast<int>(v % 10));
    v /= 10;
  } while (v != 0);
  std::reverse(s.begin(), s.end());
  return s;
}

std::string wei_to_ether(Wei v) {
  std::string fraction = wei_to_decimal(v % kEther);
  fraction.insert(0, kEtherDigits - fraction.size(), '0');
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  std::string whole = wei_to_decimal(v / kEther);
  return fraction.empty() ? whole : whole + "." + fraction;
}

Result<Wei> wei_from_decimal(std::string_view text) {
  if (text.empty()) return usage_error("an amount is empty");
  Wei v = 0;
  for (char c : text) {
    if (!is_digit(c)) return usage_error("an amount may hold digits only: " + std::string(text));
    Wei digit = static_cast<Wei>(c - '0');
    if (v > (kMax - digit) / 10) return usage_error("an amount is larger than all ether");
    v = v * 10 + digit;
  }
  return v;
}

Result<Wei> wei_from_ether(std::string_view text) {
  size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  std::string fraction(point == std::string_view::npos ? "" : text.substr(point + 1));
  bool bare_point = point != std::string_view::npos && fraction.empty();
  if (whole.empty() || bare_point || fraction.size() > kEtherDigits) {
    return usage_error("an amount of ether looks like 1 or 0.05, with at most 18 digits after the point: " +
                       std::string(text));
  }
  fraction.append(kEtherDigits - fraction.size(), '0');
  return wei_from_decimal(std::string(whole) + fraction);
}

Bytes32 word_from_wei(Wei v) {
  Bytes32 w{};
  for (int i = 0; i < 16; i++) w[31 - i] = static_cast<uint8_t>(v >> (8 * i));
  return w;
}

Result<Wei> wei_from_word(const Bytes32& word) {
  Wei v = 0;
  for (int i = 0; i < 32; i++) {
    if (i < 16 && word[i] != 0) return input_error("an amount exceeds 128 bits");
    v = v << 8 | word[i];
  }
  return v;
}

}  // namespace sotto::contest
