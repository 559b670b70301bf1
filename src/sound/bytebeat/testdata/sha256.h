// SPDX-License-Identifier: Apache-2.0
// For tests: the hash by which the JavaScript references are given.
#pragma once
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "base/bytes.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {

inline std::string sha256_hex(const Samples& samples) {
  uint8_t digest[32];
  unsigned size = 0;
  EXPECT_EQ(EVP_Digest(samples.data(), samples.size(), digest, &size, EVP_sha256(), nullptr), 1);
  return to_hex(ByteSpan(digest, size)).substr(2);
}

}  // namespace sotto::sound
