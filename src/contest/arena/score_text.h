// SPDX-License-Identifier: Apache-2.0
// Scores between people and machines: public ticks are hundredths (or what the judge says), people read decimals.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sotto::contest {

std::string score_text(uint32_t score, uint32_t score_unit);  // 512, 100 -> "5.12"
// "5.12" -> 512. More digits than the unit has are refused. score_unit is a power of ten.
Result<uint32_t> parse_score(std::string_view text, uint32_t score_unit);
std::string with_commas(uint64_t n);                          // 12345 -> "12,345"

}  // namespace sotto::contest
