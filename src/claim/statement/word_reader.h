// SPDX-License-Identifier: Apache-2.0
// Reads the 32-byte big-endian words of a verifying key. Every function is false where words are missing or not
// canonical.
#pragma once
#include "base/bytes.h"
#include "zk/curve/pairing.h"

namespace sotto::claim {

class WordReader {
 public:
  explicit WordReader(ByteSpan bytes) : bytes_(bytes) {}
  // The next words as they are; null when there are not so many.
  const uint8_t* take(size_t words);
  bool number(uint64_t& v, uint64_t limit);  // at most limit
  // A field element that stands for a number of size below 2^bits; bits < 63.
  bool signed_number(int64_t& v, unsigned bits);
  bool point(zk::G1Affine& p);
  bool point(zk::G2Affine& p);
  bool done() const { return position_ == bytes_.size(); }

 private:
  ByteSpan bytes_;
  size_t position_ = 0;
};

}  // namespace sotto::claim
