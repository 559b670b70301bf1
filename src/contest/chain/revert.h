// SPDX-License-Identifier: Apache-2.0
// Revert data in words: the custom errors of contracts/src/IPrize.sol, Error(string) and Panic(uint256).
#pragma once
#include "base/bytes.h"

namespace sotto::contest {

// "ScoreTooLow(score 100, need 120)"; unknown selectors give their hex. Never fails: it is for messages.
std::string explain_revert(ByteSpan data);
// True if data is the named custom error: is_revert(data, "InvalidProof()").
bool is_revert(ByteSpan data, std::string_view signature);

}  // namespace sotto::contest
