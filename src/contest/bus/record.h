// SPDX-License-Identifier: Apache-2.0
// Small JSON records on the bus. What comes from there was written by another machine: every field is checked.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.h"

namespace sotto::contest {

using Record = nlohmann::ordered_json;

inline constexpr size_t kMaxRecord = 1024;

inline Bytes record_bytes(const Record& record) {
  const std::string text = record.dump();
  return Bytes(text.begin(), text.end());
}
// An object; empty when the bytes are anything else.
Record parse_record(ByteSpan bytes);
// A field, or the empty value when it is missing or of another kind or out of range.
std::string record_text(const Record& record, const char* key);
uint64_t record_number(const Record& record, const char* key, uint64_t max);

}  // namespace sotto::contest
