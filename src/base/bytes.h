// SPDX-License-Identifier: Apache-2.0
// Byte strings, hex, big-endian words, whole-file input and atomic output.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sotto {

using Bytes = std::vector<uint8_t>;
using ByteSpan = std::span<const uint8_t>;
using Bytes32 = std::array<uint8_t, 32>;  // big-endian where it is a number
using Address = std::array<uint8_t, 20>;

std::string to_hex(ByteSpan bytes);  // "0x…", lower case
Result<Bytes> from_hex(std::string_view text);  // with or without 0x
Result<Bytes32> bytes32_from_hex(std::string_view text);  // exactly 32 bytes
Result<Address> address_from_hex(std::string_view text);  // exactly 20 bytes

Bytes32 word_from_u64(uint64_t v);
void append(Bytes& out, ByteSpan more);

// Reads a whole file; an error names the path and the reason. Files above max_size are refused.
Result<Bytes> read_file(const std::string& path, uint64_t max_size = uint64_t{1} << 33);
// Writes to a temporary file beside path, syncs and renames: path holds the old or the new content, never a half.
Status write_file_atomically(const std::string& path, ByteSpan bytes);

}  // namespace sotto
