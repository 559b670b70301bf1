// SPDX-License-Identifier: Apache-2.0
// The wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as far as reading a file needs it. A
// schema and a generated library would bring a dependency for five messages; every bound is checked here instead.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace sotto::judge {

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// One field: its number and either a number or bytes.
struct ProtoField {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t value = 0;   // kVarint, kFixed64, kFixed32
  ByteSpan bytes;       // kBytes: within the message read

  std::string text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  int64_t integer() const { return static_cast<int64_t>(value); }
  float single() const;  // of kFixed32
};

// The fields of a message in order. Refuses what is truncated, groups, and numbers of more than 64 bits.
Result<std::vector<ProtoField>> read_message(ByteSpan message);

// Repeated numbers come one per field or packed into bytes: both are appended.
Status append_integers(const ProtoField& field, std::vector<int64_t>& out);
Status append_floats(const ProtoField& field, std::vector<double>& out);
Status append_doubles(const ProtoField& field, std::vector<double>& out);

}  // namespace sotto::judge
