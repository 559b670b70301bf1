// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/abi.h"

#include <algorithm>
#include <cstring>

#include "base/keccak.h"

namespace sotto::contest {

Selector selector_of(std::string_view signature) {
  Bytes32 hash = keccak256(signature);
  Selector s;
  std::copy_n(hash.begin(), s.size(), s.begin());
  return s;
}

AbiWriter::AbiWriter(std::string_view signature) {
  Selector s = selector_of(signature);
  head_.assign(s.begin(), s.end());
}

AbiWriter& AbiWriter::word(const Bytes32& w) {
  append(head_, w);
  words_++;
  return *this;
}

AbiWriter& AbiWriter::number(Wei v) { return word(word_from_wei(v)); }
AbiWriter& AbiWriter::boolean(bool b) { return number(b ? 1 : 0); }

AbiWriter& AbiWriter::address(const Address& a) {
  Bytes32 w{};
  std::copy(a.begin(), a.end(), w.begin() + 12);
  return word(w);
}

Bytes AbiWriter::finish() { return std::move(head_); }

// A dynamic argument's place in the head holds its offset from the start of the arguments; its tail is
// length ‖ bytes ‖ 0….
Bytes AbiWriter::finish_with_bytes(ByteSpan tail) {
  number(32 * (words_ + 1));
  append(head_, word_from_u64(tail.size()));
  append(head_, tail);
  head_.resize(head_.size() + (32 - tail.size() % 32) % 32);
  return std::move(head_);
}

void AbiReader::fail(std::string why) {
  if (problem_.empty()) problem_ = std::move(why);
}

Bytes32 AbiReader::word() {
  Bytes32 w{};
  if (data_.size() - position_ < 32) {
    fail("it is too short");
    return w;
  }
  std::memcpy(w.data(), data_.data() + position_, 32);
  position_ += 32;
  return w;
}

Wei AbiReader::wei() {
  Result<Wei> v = wei_from_word(word());
  if (v.ok()) return *v;
  fail("a number is too large");
  return 0;
}

uint64_t AbiReader::number(unsigned bits) {
  Wei v = wei();
  if (v >> bits == 0) return static_cast<uint64_t>(v);
  fail("a number is too large");
  return 0;
}

bool AbiReader::boolean() { return number(1) == 1; }

Address AbiReader::address() {
  Bytes32 w = word();
  if (std::any_of(w.begin(), w.begin() + 12, [](uint8_t b) { return b != 0; })) {
    fail("an address has more than 20 bytes");
  }
  Address a;
  std::copy(w.begin() + 12, w.end(), a.begin());
  return a;
}

Status AbiReader::status(std::string_view what) const {
  std::string why = problem_;
  if (why.empty() && position_ != data_.size()) why = "it is too long";
  if (why.empty()) return ok_status();
  return environment_error("the answer to " + std::string(what) + " is malformed: " + why);
}

}  // namespace sotto::contest
