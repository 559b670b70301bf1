// SPDX-License-Identifier: Apache-2.0
#include "zk/curve/g1.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace sotto::zk {
namespace {
const G1 kG{G1Affine::generator()};

// The affine chord-and-tangent law, straight from the definition.
G1Affine textbook_sum(const G1Affine& a, const G1Affine& b) {
  if (a.is_infinity()) return b;
  if (b.is_infinity()) return a;
  Fq slope;
  if (a.x == b.x) {
    if (a.y != b.y) return {};
    slope = Fq(3) * a.x * a.x * (a.y + a.y).inverse();
  } else {
    slope = (b.y - a.y) * (b.x - a.x).inverse();
  }
  const Fq x = slope * slope - a.x - b.x;
  return {x, slope * (a.x - x) - a.y};
}

// Points with z != 1, so that every formula sees general coordinates.
std::vector<G1> sample_points() {
  std::vector<G1> p = {G1(), kG, -kG, kG.doubled(), -kG.doubled()};
  for (int i = 0; i < 6; i++) p.push_back(kG * Fr(3).pow(uint64_t(100 + 17 * i)));
  p.push_back(-p.back());
  return p;
}

TEST(G1, SumsMatchTheTextbook) {
  const auto points = sample_points();
  for (const G1& a : points)
    for (const G1& b : points) {
      const G1Affine want = textbook_sum(a.to_affine(), b.to_affine());
      EXPECT_EQ((a + b).to_affine(), want);
      EXPECT_EQ((a + b.to_affine()).to_affine(), want);
      EXPECT_EQ((G1(a.to_affine()) + b).to_affine(), want);
      EXPECT_TRUE(want.is_on_curve());
      EXPECT_EQ(a + b, b + a);
    }
}

TEST(G1, DoublingNegationAndEquality) {
  for (const G1& a : sample_points()) {
    EXPECT_EQ(a.doubled(), a + a);
    EXPECT_TRUE((a + -a).is_infinity());
    EXPECT_EQ(a == kG, a.to_affine() == kG.to_affine());
    EXPECT_EQ(G1(a.to_affine()), a);
  }
  EXPECT_FALSE(kG == G1());
  EXPECT_TRUE(G1() == G1(G1Affine{}));
}

TEST(G1, MultiplesMatchRepeatedAddition) {
  G1 sum;
  for (uint64_t k = 0; k < 70; k++, sum = sum + kG) EXPECT_EQ(kG * Fr(k), sum) << k;
  EXPECT_EQ(kG * Fr(-1), -kG);
  const Fr a = Fr(5).pow(uint64_t{999}), b = Fr(7).pow(uint64_t{999});
  EXPECT_EQ(kG * a * b, kG * (a * b));
  EXPECT_EQ(kG * a + kG * b, kG * (a + b));
  EXPECT_TRUE((G1() * a).is_infinity());
}

TEST(G1, OrderIsR) {
  const auto last = Fr(-1);  // r - 1
  EXPECT_TRUE((kG * last + kG).is_infinity());
}

TEST(G1, BatchConversion) {
  const auto points = sample_points();
  std::vector<G1Affine> affine(points.size());
  to_affine(points, affine);
  for (size_t i = 0; i < points.size(); i++) EXPECT_EQ(affine[i], points[i].to_affine());
}

TEST(G1, BytesRoundTrip) {
  for (const G1& p : sample_points()) EXPECT_EQ(G1Affine::from_bytes(p.to_affine().to_bytes()), p.to_affine());
  const auto b = kG.to_affine().to_bytes();
  EXPECT_EQ(b[31], 1);
  EXPECT_EQ(b[63], 2);
}

TEST(G1, BadBytesAreRefused) {
  const PointBytes good = (kG * Fr(12345)).to_affine().to_bytes();
  for (size_t i = 0; i < 64; i++) {
    PointBytes bad = good;
    bad[i] ^= 4;
    EXPECT_FALSE(G1Affine::from_bytes(bad)) << i;
  }
  PointBytes big = kG.to_affine().to_bytes();  // (q + 1, 2) is the generator with an unreduced coordinate
  for (int i = 0; i < 32; i++) big[31 - i] = static_cast<uint8_t>(Fq::kModulus[i / 8] >> (8 * (i % 8)));
  big[31]++;
  EXPECT_FALSE(G1Affine::from_bytes(big));
  PointBytes half{};
  half[63] = 2;  // (0, 2): 4 != 3
  EXPECT_FALSE(G1Affine::from_bytes(half));
}
}  // namespace
}  // namespace sotto::zk
