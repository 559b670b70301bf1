// SPDX-License-Identifier: Apache-2.0
#include "zk/curve/pairing.h"

#include <gtest/gtest.h>

namespace sotto::zk {
namespace {
const G1Affine kG1 = G1Affine::generator();
const G2Affine kG2 = G2Affine::generator();

G1Affine times(const Fr& k) { return (G1(kG1) * k).to_affine(); }
bool is_one(std::vector<PairingInput> pairs) { return pairing_product_is_one(pairs); }

TEST(Pairing, GeneratorsHaveOrderR) {
  EXPECT_TRUE(kG2.is_in_subgroup());
  EXPECT_FALSE(is_one({{kG1, kG2}}));
  EXPECT_TRUE(is_one({{kG1, kG2}, {times(-Fr(1)), kG2}}));
  EXPECT_TRUE(is_one({{kG1, kG2}, {kG1, -kG2}}));
}

TEST(Pairing, IsBilinear) {
  Fr a = Fr(7).pow(uint64_t{123456789}), b = Fr(11).pow(uint64_t{987654321});
  for (int i = 0; i < 4; i++, a = a * a + Fr(1), b = b * b + Fr(3)) {
    EXPECT_TRUE(is_one({{times(a), kG2.times(b)}, {times(-(a * b)), kG2}}));
    EXPECT_TRUE(is_one({{times(a), kG2.times(b)}, {times(b), kG2.times(-a)}}));
    EXPECT_TRUE(is_one({{times(a), kG2}, {times(b), kG2}, {times(-(a + b)), kG2}}));
    EXPECT_FALSE(is_one({{times(a), kG2.times(b)}, {times(-(a * b) + Fr(1)), kG2}}));
  }
}

TEST(Pairing, InfinityIsNeutral) {
  EXPECT_TRUE(is_one({}));
  EXPECT_TRUE(is_one({{G1Affine{}, kG2}}));
  EXPECT_TRUE(is_one({{kG1, G2Affine{}}}));
  EXPECT_FALSE(is_one({{kG1, kG2}, {G1Affine{}, kG2}}));
}

TEST(G2, GroupLaws) {
  EXPECT_EQ(kG2 + kG2, kG2.times(Fr(2)));
  EXPECT_EQ(kG2.times(Fr(5)) + kG2.times(Fr(-3)), kG2.times(Fr(2)));
  EXPECT_TRUE((kG2 + -kG2).is_infinity());
  EXPECT_EQ(kG2 + G2Affine{}, kG2);
  EXPECT_TRUE(kG2.times(Fr()).is_infinity());
}

TEST(G2, BytesFollowEip197) {
  const auto b = kG2.to_bytes();
  // The imaginary part of x comes first.
  EXPECT_EQ(to_hex(ByteSpan(b).first(32)), "0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2");
  EXPECT_EQ(to_hex(ByteSpan(b).subspan(32, 32)), "0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed");
  EXPECT_EQ(G2Affine::from_bytes(b), kG2);
  EXPECT_TRUE(G2Affine::from_bytes(std::array<uint8_t, 128>{})->is_infinity());
}

TEST(G2, BadBytesAreRefused) {
  const auto good = kG2.to_bytes();
  for (size_t i = 0; i < 128; i += 9) {
    auto bad = good;
    bad[i] ^= 1;
    EXPECT_FALSE(G2Affine::from_bytes(bad)) << i;
  }
  for (size_t word = 0; word < 4; word++) {  // coordinate + q
    auto bad = good;
    unsigned carry = 0;
    for (size_t i = 32; i-- > 0;) {
      const unsigned v = bad[32 * word + i] + static_cast<unsigned>(Fq::kModulus[(31 - i) / 8] >> (8 * ((31 - i) % 8)) & 255) + carry;
      bad[32 * word + i] = static_cast<uint8_t>(v);
      carry = v >> 8;
    }
    EXPECT_FALSE(G2Affine::from_bytes(bad)) << word;
  }
}

// Almost every point of the twist has an order other than r (the cofactor is 2q - r).
TEST(G2, PointsOutsideTheSubgroupAreRefused) {
  const Fq2 b = Fq2{Fq(9), Fq(1)}.inverse() * Fq(3);
  detail::Limbs e = Fq::kModulus;  // square roots in Fq: a^((q + 1) / 4)
  detail::add_limbs(e, e, {1, 0, 0, 0});
  for (int i = 0; i < 4; i++) e[i] = e[i] >> 2 | (i < 3 ? e[i + 1] << 62 : 0);
  int found = 0;
  for (int t = 1; t < 40 && found < 3; t++) {
    const Fq2 x{Fq(t), Fq(1)}, a = x.square() * x + b;
    const Fq norm = a.c0.square() + a.c1.square(), s = norm.pow(e);
    if (s.square() != norm) continue;
    for (const Fq& root : {s, -s}) {  // y = c + d i with c^2 = (a0 + |a|) / 2, d = a1 / (2c)
      const Fq half = (a.c0 + root) * Fq(2).inverse(), c = half.pow(e);
      if (c.square() != half || c.is_zero()) continue;
      const G2Affine p{x, {c, a.c1 * (c + c).inverse()}};
      ASSERT_TRUE(p.is_on_curve());
      EXPECT_FALSE(p.is_in_subgroup());
      EXPECT_FALSE(G2Affine::from_bytes(p.to_bytes()));
      found++;
    }
  }
  EXPECT_GT(found, 0);
}
}  // namespace
}  // namespace sotto::zk
