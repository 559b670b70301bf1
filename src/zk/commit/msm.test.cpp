// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/msm.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <random>
#include <vector>

#include "base/cpu_path.h"
#include "zk/commit/srs.h"

namespace sotto::zk {
namespace {
using Rng = std::mt19937_64;
const G1Affine kG = G1Affine::generator();

Fr random_scalar(Rng& rng) {
  Bytes32 b;
  for (auto& v : b) v = static_cast<uint8_t>(rng());
  return Fr::from_bytes_reduced(b);
}

G1Affine negative(const G1Affine& p) { return {p.x, -p.y}; }

// Ordinary points, infinity, repeated points and negatives, as adversarial as a file of points can be.
std::vector<G1Affine> awkward_points(size_t n, Rng& rng) {
  std::vector<G1Affine> p(n);
  for (size_t i = 0; i < n; i++) {
    const uint64_t kind = rng() % 8;
    if (kind == 0) p[i] = {};
    else if (kind == 1 && i > 0) p[i] = p[rng() % i];
    else if (kind == 2 && i > 0) p[i] = negative(p[rng() % i]);
    else p[i] = (G1(kG) * Fr(rng())).to_affine();
  }
  return p;
}

std::vector<Fr> awkward_scalars(size_t n, Rng& rng) {
  std::vector<Fr> k(n);
  for (Fr& v : k) {
    switch (rng() % 8) {
      case 0: v = 0; break;
      case 1: v = 1; break;
      case 2: v = -1; break;
      case 3: v = Fr(2).inverse(); break;  // (r + 1) / 2, the first that counts as negative
      case 4: v = Fr(rng() % 256); break;
      case 5: v = -Fr(rng()); break;
      default: v = random_scalar(rng);
    }
  }
  return k;
}

TEST(Msm, MatchesTheNaiveSumForAllSmallSizes) {
  Rng rng(1);
  for (size_t n = 0; n <= 40; n++) {
    const auto p = awkward_points(n, rng);
    const auto k = awkward_scalars(n, rng);
    EXPECT_EQ(msm(p, k), msm_naive(p, k)) << n;
  }
}

TEST(Msm, EveryScalarWidth) {
  Rng rng(2);
  const auto p = awkward_points(33, rng);
  for (unsigned bits = 0; bits <= 254; bits++) {
    std::vector<Fr> k(p.size());
    const Fr top = Fr(2).pow(uint64_t{bits});
    for (size_t i = 0; i < k.size(); i++) k[i] = i % 3 == 0 ? top : i % 3 == 1 ? top - Fr(1) : -top;
    if (bits % 16 == 0 || bits > 250) {
      EXPECT_EQ(msm(p, k), msm_naive(p, k)) << bits;
    } else {  // three classes only: three multiplications
      G1 sums[3];
      for (size_t i = 0; i < p.size(); i++) sums[i % 3] = sums[i % 3] + p[i];
      EXPECT_EQ(msm(p, k), sums[0] * top + sums[1] * (top - Fr(1)) + sums[2] * -top) << bits;
    }
  }
}

TEST(Msm, LargeWithKnownLogarithms) {
  Rng rng(3);
  for (unsigned log : {11u, 14u, 16u}) {
    const Srs srs = make_development_srs(log);
    const size_t n = srs.g1.size() - 5;
    std::vector<Fr> k(n);
    Fr want, power = 1;
    for (size_t i = 0; i < n; i++, power *= development_tau()) {
      k[i] = rng() % 4 == 0 ? Fr() : random_scalar(rng);
      want += k[i] * power;
    }
    EXPECT_EQ(msm(srs.g1, k), G1(kG) * want) << log;
  }
}

TEST(Msm, SmallScalars) {
  Rng rng(4);
  const Srs srs = make_development_srs(16);
  for (size_t n : {size_t{0}, size_t{1}, size_t{2}, size_t{1000}, size_t{20000}, srs.g1.size()})
    for (unsigned bits : {0u, 1u, 2u, 7u, 8u, 9u, 16u, 31u, 32u}) {
      std::vector<uint32_t> k(n);
      Fr want, power = 1;
      for (size_t i = 0; i < n; i++, power *= development_tau()) {
        k[i] = bits == 0 ? 0 : static_cast<uint32_t>(rng()) >> (32 - bits);
        want += Fr(uint64_t{k[i]}) * power;
      }
      EXPECT_EQ(msm_u32(srs.g1, k), G1(kG) * want) << n << " scalars of " << bits << " bits";
    }
}

TEST(Msm, SignedScalars) {
  Rng rng(5);
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min(), kMax = std::numeric_limits<int64_t>::max();
  for (size_t n = 0; n < 30; n++) {
    const auto p = awkward_points(n, rng);
    std::vector<int64_t> k(n);
    std::vector<Fr> lifted(n);
    for (size_t i = 0; i < n; i++) {
      const int64_t choices[] = {0, 1, -1, kMin, kMax, static_cast<int64_t>(rng()), static_cast<int64_t>(rng()) >> 40};
      k[i] = choices[rng() % 7];
      lifted[i] = Fr::from_signed(k[i]);
    }
    EXPECT_EQ(msm_i64(p, k), msm_naive(p, lifted)) << n;
  }
}

// Many copies of few points meet in the same bucket: doublings and cancellations at every level of the trees.
TEST(Msm, CopiesAndOppositesInOneBucket) {
  const G1Affine q = (G1(kG) * Fr(12345)).to_affine();
  for (size_t n : {3u, 255u, 4096u, 30001u}) {
    std::vector<G1Affine> p(n, q);
    std::vector<uint32_t> k(n, 7);
    EXPECT_EQ(msm_u32(p, k), G1(q) * Fr(uint64_t{7 * n}));
    for (size_t i = 1; i < n; i += 2) p[i] = negative(q);
    EXPECT_EQ(msm_u32(p, k), G1(q) * Fr(n % 2 ? 7 : 0));
    for (size_t i = 0; i < n; i += 3) p[i] = {};
    Fr want;
    for (size_t i = 0; i < n; i++) want += i % 3 == 0 ? Fr(0) : i % 2 ? Fr(-7) : Fr(7);
    EXPECT_EQ(msm_u32(p, k), G1(q) * want);
  }
}

// So few different points that buckets are often equal, opposite or infinite while they are weighed.
TEST(Msm, CopiesAndOppositesInManyBuckets) {
  Rng rng(8);
  for (size_t n : {5000u, 40000u}) {
    std::vector<G1Affine> p(n);
    std::vector<Fr> k(n);
    Fr want;
    for (size_t i = 0; i < n; i++) {
      const uint64_t kind = rng() % 4;
      k[i] = random_scalar(rng);
      p[i] = kind == 0 ? G1Affine{} : kind == 1 ? negative(kG) : kG;
      want += kind == 0 ? Fr() : kind == 1 ? -k[i] : k[i];
    }
    EXPECT_EQ(msm(p, k), G1(kG) * want) << n;
  }
}

// More buckets with two points than fit into a chunk, and one full-width scalar among bytes.
TEST(Msm, UnevenBuckets) {
  Rng rng(6);
  const Srs srs = make_development_srs(16);
  const size_t n = srs.g1.size();
  std::vector<uint32_t> k(n);
  for (size_t i = 0; i < n; i++) k[i] = static_cast<uint32_t>(i < n / 2 ? i / 2 : 5);
  std::vector<Fr> mixed;
  for (const uint32_t v : k) mixed.emplace_back(uint64_t{v});
  mixed[77] = random_scalar(rng);
  mixed[n - 1] = -random_scalar(rng);
  Fr want, want_mixed, power = 1;
  for (size_t i = 0; i < n; i++, power *= development_tau()) {
    want += Fr(uint64_t{k[i]}) * power;
    want_mixed += mixed[i] * power;
  }
  EXPECT_EQ(msm_u32(srs.g1, k), G1(kG) * want);
  EXPECT_EQ(msm(srs.g1, mixed), G1(kG) * want_mixed);
}

TEST(Msm, EveryCpuPath) {
  Rng rng(7);
  const Srs srs = make_development_srs(13);
  const size_t n = srs.g1.size();
  const auto awkward = awkward_points(700, rng);
  const auto awkward_k = awkward_scalars(700, rng);
  const G1 want_awkward = msm_naive(awkward, awkward_k);
  std::vector<Fr> k(n);
  std::vector<uint32_t> small(n);
  Fr want, want_small, power = 1;
  for (size_t i = 0; i < n; i++, power *= development_tau()) {
    k[i] = random_scalar(rng);
    small[i] = static_cast<uint32_t>(rng() % 1000);
    want += k[i] * power;
    want_small += Fr(uint64_t{small[i]}) * power;
  }
  for (const CpuPath path : available_cpu_paths()) {
    setenv("SOTTO_CPU", cpu_path_name(path), 1);
    EXPECT_FALSE(use_ifma() && path != CpuPath::kAvx512);
    EXPECT_EQ(msm(awkward, awkward_k), want_awkward) << cpu_path_name(path);
    EXPECT_EQ(msm(srs.g1, k), G1(kG) * want) << cpu_path_name(path);
    EXPECT_EQ(msm_u32(srs.g1, small), G1(kG) * want_small) << cpu_path_name(path);
  }
  unsetenv("SOTTO_CPU");
}
}  // namespace
}  // namespace sotto::zk
