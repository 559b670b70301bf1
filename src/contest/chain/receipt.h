// SPDX-License-Identifier: Apache-2.0
// Receipts and logs out of JSON. What the server sends is compared with what was asked.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "contest/chain/client.h"

namespace sotto::contest {

Result<Receipt> parse_receipt(const nlohmann::json& value, const Bytes32& expected_tx);
// Every log must come from the address and carry the topics (none: any).
Result<std::vector<Log>> parse_logs(const nlohmann::json& value, const Address& address,
                                    const std::vector<std::optional<Bytes32>>& topics);

}  // namespace sotto::contest
