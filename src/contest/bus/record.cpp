// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/record.h"

namespace sotto::contest {

Record parse_record(ByteSpan bytes) {
  if (bytes.size() > kMaxRecord) return Record::object();
  Record record = Record::parse(bytes.begin(), bytes.end(), nullptr, false);
  return record.is_object() ? record : Record::object();
}

std::string record_text(const Record& record, const char* key) {
  const auto at = record.find(key);
  return at != record.end() && at->is_string() ? at->get<std::string>() : std::string();
}

uint64_t record_number(const Record& record, const char* key, uint64_t max) {
  const auto at = record.find(key);
  if (at == record.end() || !at->is_number_unsigned()) return 0;
  const auto n = at->get<uint64_t>();
  return n <= max ? n : 0;
}

}  // namespace sotto::contest
