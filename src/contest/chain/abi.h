// SPDX-License-Identifier: Apache-2.0
// Solidity's contract ABI, as much of it as Sotto's contracts use: functions whose arguments are static words and at
// most one trailing `bytes`; results that are flat words.
#pragma once
#include <string_view>

#include "contest/chain/wei.h"

namespace sotto::contest {

using Selector = std::array<uint8_t, 4>;
Selector selector_of(std::string_view signature);  // "withdraw(address)"

// Builds calldata: words in order, then once finish(), or finish_with_bytes() when the last argument is `bytes`.
class AbiWriter {
 public:
  explicit AbiWriter(std::string_view signature);
  AbiWriter() = default;  // constructor arguments: no selector
  AbiWriter& word(const Bytes32& w);
  AbiWriter& number(Wei v);
  AbiWriter& address(const Address& a);
  AbiWriter& boolean(bool b);
  Bytes finish();
  Bytes finish_with_bytes(ByteSpan tail);

 private:
  Bytes head_;
  size_t words_ = 0;
};

// Reads returned words in order. The first misfit (short data, a number too large, dirty upper bytes of an address)
// makes the reader fail; later reads give zero. Check status() once at the end: it also demands that nothing is left
// over.
class AbiReader {
 public:
  explicit AbiReader(ByteSpan data) : data_(data) {}
  Bytes32 word();
  uint64_t number(unsigned bits);  // at most 64
  Wei wei();
  Address address();
  bool boolean();
  Status status(std::string_view what) const;

 private:
  void fail(std::string why);
  ByteSpan data_;
  size_t position_ = 0;
  std::string problem_;
};

}  // namespace sotto::contest
