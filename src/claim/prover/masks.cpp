// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/masks.h"

#include <string.h>
#include <sys/random.h>

#include <cerrno>

#include "base/check.h"
#include "base/keccak.h"

namespace sotto::claim {

MaskSource::MaskSource(ByteSpan secret, ByteSpan context) {
  uint8_t seed[64];
  for (size_t done = 0; done < sizeof seed;) {
    const ssize_t n = ::getrandom(seed + done, sizeof seed - done, 0);
    SOTTO_CHECK(n > 0 || errno == EINTR);
    if (n > 0) done += static_cast<size_t>(n);
  }
  Bytes input(seed, seed + sizeof seed);
  append(input, keccak256(secret));
  append(input, keccak256(context));
  key_ = keccak256(input);
  ::explicit_bzero(seed, sizeof seed);
  ::explicit_bzero(input.data(), input.size());
}

MaskSource::~MaskSource() { ::explicit_bzero(key_.data(), key_.size()); }

zk::Fr MaskSource::next() {
  std::array<uint8_t, 64> wide;
  for (unsigned half = 0; half < 2; half++) {
    Bytes input(key_.begin(), key_.end());
    append(input, word_from_u64(2 * counter_ + half));
    const Bytes32 digest = keccak256(input);
    std::copy(digest.begin(), digest.end(), wide.begin() + 32 * half);
    ::explicit_bzero(input.data(), input.size());
  }
  counter_++;
  return zk::Fr::from_wide_bytes(wide);
}

MaskSource MaskSource::deterministic(uint64_t seed) { return MaskSource(keccak256(word_from_u64(seed))); }

}  // namespace sotto::claim
