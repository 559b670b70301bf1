// SPDX-License-Identifier: Apache-2.0
#include "base/keccak.h"

#include <gtest/gtest.h>

namespace sotto {
TEST(Keccak, KnownAnswers) {
  EXPECT_EQ(to_hex(keccak256("")), "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(to_hex(keccak256("abc")), "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  EXPECT_EQ(to_hex(keccak256("transfer(address,uint256)")).substr(0, 10), "0xa9059cbb");
}
}  // namespace sotto
