// SPDX-License-Identifier: Apache-2.0
// What share links are packed with: base64, hex, raw deflate, LZMA.
#pragma once
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace sotto::sound {

// No song is longer; what unpacks to more is refused.
inline constexpr size_t kMaxShared = 1 << 20;

std::string base64(ByteSpan bytes);  // without padding
Result<Bytes> from_base64(std::string_view text);
Result<Bytes> from_hex_digits(std::string_view text);
Result<Bytes> deflate_raw(ByteSpan bytes);
Result<Bytes> inflate_raw(ByteSpan bytes);
Result<Bytes> lzma_pack(ByteSpan bytes);
Result<Bytes> lzma_unpack(ByteSpan bytes);

}  // namespace sotto::sound
