// SPDX-License-Identifier: Apache-2.0
// Money is counted in whole micro-dollars: 1 USD = 1,000,000. Never in doubles. Written as decimal text: "0.002600".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sotto::contest {

using Micros = int64_t;
inline constexpr Micros kMicrosPerUsd = 1'000'000;

// "1", "1.00", "0.25", "$2.5": at most six digits after the point, not negative, at most a million dollars. kUsage.
Result<Micros> parse_usd(std::string_view text);
// All six digits: what ledgers and --json say.
std::string usd_text(Micros amount);
// For people: "$0.12", and more digits where two would hide the amount: "$0.00026".
std::string usd_short(Micros amount);

}  // namespace sotto::contest
