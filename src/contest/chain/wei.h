// SPDX-License-Identifier: Apache-2.0
// Amounts of ether in wei, as 128-bit unsigned integers: more than all ether there is.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sotto::contest {

__extension__ typedef unsigned __int128 Wei;

inline constexpr Wei kGwei = 1'000'000'000;
inline constexpr Wei kEther = kGwei * kGwei;

std::string wei_to_decimal(Wei v);                   // "1000000000000000000"
std::string wei_to_ether(Wei v);                     // "1", "0.05": exact, no trailing zeros
Result<Wei> wei_from_ether(std::string_view text);   // "1", "0.05"; at most 18 digits after the point
Result<Wei> wei_from_decimal(std::string_view text);
Bytes32 word_from_wei(Wei v);
Result<Wei> wei_from_word(const Bytes32& word);      // error above 2^128 - 1

}  // namespace sotto::contest
