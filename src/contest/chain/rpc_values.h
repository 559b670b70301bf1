// SPDX-License-Identifier: Apache-2.0
// JSON-RPC's encodings of numbers, hashes and bytes. Readers name the field that is missing or malformed.
#pragma once
#include <nlohmann/json.hpp>

#include "contest/chain/wei.h"

namespace sotto::contest {

std::string quantity(Wei v);  // "0x0", "0x41"

Result<Wei> wei_value(const nlohmann::json& value, std::string_view name);
Result<uint64_t> u64_value(const nlohmann::json& value, std::string_view name);
Result<Bytes> bytes_value(const nlohmann::json& value, std::string_view name);
Result<Bytes32> hash_value(const nlohmann::json& value, std::string_view name);
Result<Address> address_value(const nlohmann::json& value, std::string_view name);

// The member of an object, which must be there.
Result<nlohmann::json> member_of(const nlohmann::json& object, const char* name);
Result<uint64_t> u64_member(const nlohmann::json& object, const char* name);
Result<Wei> wei_member(const nlohmann::json& object, const char* name);
Result<Bytes32> hash_member(const nlohmann::json& object, const char* name);

}  // namespace sotto::contest
