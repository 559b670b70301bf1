// SPDX-License-Identifier: Apache-2.0
// The opening alone; tests/soundness has the attacks on it.
#include "zk/commit/opening.h"

#include <gtest/gtest.h>

#include "zk/commit/msm.h"

namespace sotto::zk {
namespace {

constexpr uint8_t kStatement[32] = {7};
constexpr unsigned kLogN = 13;

const Srs& setup() {
  static const Srs srs = make_development_srs(kLogN + 1);
  return srs;
}
std::vector<Fr> numbers(size_t n, uint64_t seed) {
  std::vector<Fr> v(n);
  for (Fr& x : v) {
    seed++;
    x = Fr(seed).pow(uint64_t{5}) - Fr(seed);
  }
  return v;
}

struct Opened {
  Bytes proof;
  Point point;
  Fr value;
  G1Affine commitment;
};
Opened opened(size_t length, unsigned log_n) {
  const std::vector<Fr> f = numbers(length, 1000);
  Opened o{{}, numbers(log_n, 3), {}, msm(setup().g1, f).to_affine()};
  o.value = evaluate(f, o.point);
  ProverTranscript t(kStatement);
  EXPECT_TRUE(prove_opening(t, setup(), f, o.point));
  o.proof = std::move(t).take_proof();
  return o;
}
const char* check(const Opened& o) {
  VerifierTranscript t(kStatement, o.proof);
  const char* failed = check_opening(t, o.point, o.value, {{Fr::one(), o.commitment}}, setup().g2);
  return failed || t.finished() ? failed : "trailing bytes";
}

// Lengths about whole blocks, one block, less than one; the fewest variables; more rows than a row has entries.
TEST(Opening, EveryLengthOpens) {
  constexpr std::pair<size_t, unsigned> kCases[] = {{8192, 13}, {8191, 13}, {5000, 13}, {1025, 13}, {1024, 13},
                                                    {1, 13},    {2048, 11}, {3, 11},    {5000, 22}, {1, 22}};
  for (const auto& [length, log_n] : kCases) {
    const Opened o = opened(length, log_n);
    EXPECT_EQ(o.proof.size(), kOpeningBytes);
    EXPECT_EQ(check(o), nullptr) << length << " of 2^" << log_n;
  }
}

TEST(Opening, AnotherValuePointOrCommitmentIsRefused) {
  const Opened good = opened(5000, kLogN);
  Opened bad = good;
  bad.value += Fr::one();
  EXPECT_STREQ(check(bad), "pairing");
  for (size_t i : {size_t{0}, size_t{kFoldBits - 1}, size_t{kFoldBits}, size_t{kLogN - 1}}) {
    bad = good;
    bad.point[i] += Fr::one();
    EXPECT_STREQ(check(bad), "pairing") << "variable " << i;
  }
  bad = good;
  bad.commitment = (G1(bad.commitment) + G1Affine::generator()).to_affine();
  EXPECT_STREQ(check(bad), "pairing");
}

TEST(Opening, EveryWordCounts) {
  const Opened good = opened(5000, kLogN);
  for (size_t at = 31; at < good.proof.size(); at += 32) {
    Opened bad = good;
    bad.proof[at] ^= 1;
    EXPECT_NE(check(bad), nullptr) << "byte " << at;
  }
}

TEST(Opening, EndsWhenProgressSaysSo) {
  for (unsigned allowed = 0; allowed < 4; allowed++) {
    ProverTranscript t(kStatement);
    unsigned heard = 0;
    EXPECT_FALSE(
        prove_opening(t, setup(), numbers(3000, 1), numbers(kLogN, 3), [&](double) { return heard++ < allowed; }));
    EXPECT_EQ(heard, allowed + 1);
  }
}

}  // namespace
}  // namespace sotto::zk
