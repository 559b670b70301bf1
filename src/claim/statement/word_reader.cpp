// SPDX-License-Identifier: Apache-2.0
#include "claim/statement/word_reader.h"

#include <algorithm>

#include "zk/field/fr.h"

namespace sotto::claim {

const uint8_t* WordReader::take(size_t words) {
  if ((bytes_.size() - position_) / 32 < words) return nullptr;
  const uint8_t* p = bytes_.data() + position_;
  position_ += 32 * words;
  return p;
}

bool WordReader::number(uint64_t& v, uint64_t limit) {
  const uint8_t* w = take(1);
  if (!w || std::any_of(w, w + 24, [](uint8_t b) { return b != 0; })) return false;
  v = 0;
  for (int i = 24; i < 32; i++) v = v << 8 | w[i];
  return v <= limit;
}

bool WordReader::signed_number(int64_t& v, unsigned bits) {
  const uint8_t* w = take(1);
  const auto x = w ? zk::Fr::from_bytes(std::span<const uint8_t, 32>(w, 32)) : std::nullopt;
  if (!x) return false;
  const bool negative = x->to_limbs()[3] != 0;
  const uint64_t size = (negative ? -*x : *x).to_limbs()[0];
  if (size >> bits) return false;
  v = negative ? -static_cast<int64_t>(size) : static_cast<int64_t>(size);
  return *x == zk::Fr::from_signed(v);
}

bool WordReader::point(zk::G1Affine& p) {
  const uint8_t* w = take(2);
  const auto read = w ? zk::G1Affine::from_bytes(std::span<const uint8_t, 64>(w, 64)) : std::nullopt;
  if (read) p = *read;
  return read.has_value();
}

bool WordReader::point(zk::G2Affine& p) {
  const uint8_t* w = take(4);
  const auto read = w ? zk::G2Affine::from_bytes(std::span<const uint8_t, 128>(w, 128)) : std::nullopt;
  if (read) p = *read;
  return read.has_value();
}

}  // namespace sotto::claim
