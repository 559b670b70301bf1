// SPDX-License-Identifier: Apache-2.0
// Our curve against the precompiled contracts of the embedded chain (EIP-196, EIP-197), which are another library's:
// sums, multiples, sums of many multiples, pairings.
#include <gtest/gtest.h>

#include <random>

#include "support/evm_verifier.h"
#include "zk/commit/msm.h"
#include "zk/curve/pairing.h"

namespace sotto {
namespace {

using zk::Fr;
using zk::G1;
using zk::G1Affine;
using zk::G2Affine;

constexpr uint8_t kEcAdd = 6, kEcMul = 7, kEcPairing = 8;

class Precompiles : public testing::Test {
 protected:
  void SetUp() override {
    evm_ = EvmVerifier::shared();
    if (evm_ == nullptr) GTEST_SKIP();
  }
  Bytes call(uint8_t precompile, const Bytes& input) {
    Address to{};
    to.back() = precompile;
    Result<Bytes> answer = evm_->client().call(to, input);
    EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.error().message);
    return answer.ok() ? answer.value() : Bytes();
  }
  G1Affine point(const Bytes& encoded) {
    EXPECT_EQ(encoded.size(), 64u);
    const auto p = encoded.size() == 64 ? G1Affine::from_bytes(ByteSpan(encoded).first<64>()) : std::nullopt;
    EXPECT_TRUE(p.has_value());
    return p.value_or(G1Affine());
  }
  G1Affine add(const G1Affine& a, const G1Affine& b) {
    Bytes input;
    append(input, a.to_bytes());
    append(input, b.to_bytes());
    return point(call(kEcAdd, input));
  }
  G1Affine multiply(const G1Affine& a, const Fr& k) {
    Bytes input;
    append(input, a.to_bytes());
    append(input, k.to_bytes());
    return point(call(kEcMul, input));
  }
  bool pairing(const std::vector<zk::PairingInput>& pairs) {
    Bytes input;
    for (const auto& pair : pairs) {
      append(input, pair.p.to_bytes());
      append(input, pair.q.to_bytes());
    }
    const Bytes answer = call(kEcPairing, input);
    EXPECT_EQ(answer.size(), 32u);
    return !answer.empty() && answer.back() == 1;
  }
  Fr scalar() { return Fr(random_()) * Fr(random_()) * Fr(random_()) * Fr(random_()) + Fr(random_()); }
  G1Affine random_point() { return (G1(G1Affine::generator()) * scalar()).to_affine(); }

  EvmVerifier* evm_ = nullptr;
  std::mt19937_64 random_{1};
};

TEST_F(Precompiles, SumsAndMultiples) {
  const G1Affine g = G1Affine::generator(), zero{};
  std::vector<G1Affine> points = {zero, g, (-G1(g)).to_affine(), G1(g).doubled().to_affine()};
  for (int i = 0; i < 6; i++) points.push_back(random_point());
  for (const G1Affine& a : points)
    for (const G1Affine& b : points) EXPECT_EQ(add(a, b), (G1(a) + b).to_affine());
  std::vector<Fr> scalars = {Fr::zero(), Fr::one(), -Fr::one(), Fr(uint64_t{2}), Fr(uint64_t{1} << 63),
                             scalar(),   scalar(),  -scalar()};
  for (const G1Affine& a : points)
    for (const Fr& k : scalars) EXPECT_EQ(multiply(a, k), (G1(a) * k).to_affine());
}

TEST_F(Precompiles, MultiScalarMultiplication) {
  std::vector<G1Affine> points;
  std::vector<Fr> scalars;
  for (int i = 0; i < 100; i++)
    points.push_back(random_point()), scalars.push_back(i % 7 == 0 ? Fr(uint64_t(i)) : scalar());
  G1Affine sum{};
  for (size_t i = 0; i < points.size(); i++) sum = add(sum, multiply(points[i], scalars[i]));
  EXPECT_EQ(zk::msm(points, scalars).to_affine(), sum);
}

TEST_F(Precompiles, Pairings) {
  const G2Affine h = G2Affine::generator();
  for (int i = 0; i < 4; i++) {
    const Fr a = scalar(), b = scalar();
    const G1Affine p = (G1(G1Affine::generator()) * a).to_affine(),
                   q = (-(G1(G1Affine::generator()) * (a * b))).to_affine();
    const std::vector<zk::PairingInput> balanced = {{p, h.times(b)}, {q, h}},
                                        not_balanced = {{p, h.times(b + Fr::one())}, {q, h}};
    EXPECT_TRUE(pairing(balanced));
    EXPECT_TRUE(zk::pairing_product_is_one(balanced));
    EXPECT_FALSE(pairing(not_balanced));
    EXPECT_FALSE(zk::pairing_product_is_one(not_balanced));
  }
  EXPECT_TRUE(pairing({{G1Affine(), h}, {G1Affine::generator(), G2Affine()}}));
}

}  // namespace
}  // namespace sotto
