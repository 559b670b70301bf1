// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/rlp.h"

#include <algorithm>

namespace sotto::contest {
namespace {

Bytes without_leading_zeros(ByteSpan big_endian) {
  auto first = std::find_if(big_endian.begin(), big_endian.end(), [](uint8_t b) { return b != 0; });
  return Bytes(first, big_endian.end());
}

// Payloads below 56 bytes: base + length. Others: base + 55 + (length of the length), then the length, big-endian.
Bytes length_prefix(size_t length, uint8_t base) {
  if (length < 56) return {static_cast<uint8_t>(base + length)};
  Bytes digits = without_leading_zeros(word_from_u64(length));
  Bytes out = {static_cast<uint8_t>(base + 55 + digits.size())};
  append(out, digits);
  return out;
}

}  // namespace

Bytes rlp_string(ByteSpan bytes) {
  if (bytes.size() == 1 && bytes[0] < 0x80) return {bytes[0]};
  Bytes out = length_prefix(bytes.size(), 0x80);
  append(out, bytes);
  return out;
}

Bytes rlp_number(const Bytes32& v) { return rlp_string(without_leading_zeros(v)); }
Bytes rlp_number(Wei v) { return rlp_number(word_from_wei(v)); }

Bytes rlp_list(std::span<const Bytes> encoded_items) {
  Bytes payload;
  for (const Bytes& item : encoded_items) append(payload, item);
  Bytes out = length_prefix(payload.size(), 0xc0);
  append(out, payload);
  return out;
}

}  // namespace sotto::contest
