// SPDX-License-Identifier: Apache-2.0
#include "sound/bytebeat/sine.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/keccak.h"
#include "sound/bytebeat/semantics.h"

namespace sotto::sound {
namespace {

double exact(unsigned i) { return kSineOne * std::sin((i + 0.5) * (2 * 3.141592653589793 / 65536)); }

TEST(Sine, EveryEntryIsTheNearestIntegerAndNoneIsInDoubt) {
  double closest = 1;
  for (unsigned i = 0; i < kSineTable.size(); i++) {
    ASSERT_EQ(kSineTable[i], std::lround(exact(i))) << i;
    closest = std::min(closest, std::abs(exact(i) - std::floor(exact(i)) - 0.5));
  }
  EXPECT_GT(closest, 1e-6);  // doubles are good to 1e-11
}

// The table is part of the statement that is proved: it must not change.
TEST(Sine, IsThisTable) {
  Bytes bytes;
  for (const int16_t v : kSineTable) bytes.push_back(static_cast<uint8_t>(v >> 8)), bytes.push_back(static_cast<uint8_t>(v));
  EXPECT_EQ(to_hex(keccak256(bytes)), "0x7894a0876bd43f693bd05af79994e9fd4a2739a248568136146f8a011dffbf12");
}

TEST(Sine, AnglesAreWordsOfEverySize) {
  EXPECT_EQ(sine_of(0x40000000, 32), kSineOne);
  EXPECT_EQ(sine_of(0xc0000000, 32), -kSineOne);
  EXPECT_EQ(sine_of(0x1234ffff, 32), kSineTable[0x1234]);
  EXPECT_EQ(sine_of(0x12ff, 16), kSineTable[0x1200]);
  EXPECT_EQ(eval_op(Op::kSine, 0xc0000000, 1, 2, {}), static_cast<uint32_t>(-kSineOne));
  EXPECT_EQ(eval_op(Op::kSine, 0xc000, 1, 2, {}, 16, 4), 0x10000u - kSineOne);
}

}  // namespace
}  // namespace sotto::sound
