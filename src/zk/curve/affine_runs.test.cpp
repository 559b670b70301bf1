// SPDX-License-Identifier: Apache-2.0
// The eight-way additions against the scalar ones, and both against sums of Jacobian points.
#include "zk/curve/affine_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sotto::zk {
namespace {
using Rng = std::mt19937_64;

G1Affine negative(const G1Affine& p) { return {p.x, -p.y}; }

// A pool of a few points, so that equal and opposite neighbours are common; `odd_ones` of 16 points are such or infinity.
std::vector<G1Affine> some_points(size_t n, unsigned odd_ones, Rng& rng) {
  static const std::vector<G1Affine> pool = [] {
    std::vector<G1> p = {G1(G1Affine::generator())};
    while (p.size() < 600) p.push_back(p.back().doubled() + p[p.size() / 2]);
    std::vector<G1Affine> r(p.size());
    to_affine(p, r);
    return r;
  }();
  std::vector<G1Affine> points(n);
  for (size_t i = 0; i < n; i++) {
    points[i] = pool[rng() % pool.size()];
    if (rng() % 16 >= odd_ones) continue;
    switch (rng() % 3) {
      case 0: points[i] = {}; break;
      case 1: points[i] = points[i ? i - 1 : 0]; break;
      default: points[i] = negative(points[i ? i - 1 : 0]);
    }
  }
  return points;
}

std::vector<uint32_t> some_counts(size_t n, uint32_t longest, Rng& rng) {
  std::vector<uint32_t> counts;
  for (size_t left = n; left > 0; left -= counts.back())
    counts.push_back(static_cast<uint32_t>(std::min<uint64_t>(left, rng() % (longest + 1))));
  return counts;
}

void check(size_t n, unsigned odd_ones, uint32_t longest, size_t min_pairs, Rng& rng) {
  const auto points = some_points(n, odd_ones, rng);
  const auto counts = some_counts(n, longest, rng);
  auto slow = points, fast = points;
  auto slow_counts = counts, fast_counts = counts;
  RunReducer scalar(false), ifma(use_ifma());
  const size_t slow_left = scalar.reduce(slow, slow_counts, min_pairs), fast_left = ifma.reduce(fast, fast_counts, min_pairs);
  ASSERT_EQ(fast_left, slow_left);
  ASSERT_EQ(fast_counts, slow_counts);
  for (size_t i = 0; i < slow_left; i++) ASSERT_EQ(fast[i], slow[i]) << n << ' ' << i;
  size_t in = 0, out = 0;
  for (size_t run = 0; run < counts.size(); run++) {
    G1 expected, sum;
    for (uint32_t i = 0; i < counts[run]; i++) expected = expected + points[in++];
    for (uint32_t i = 0; i < slow_counts[run]; i++) sum = sum + fast[out++];
    ASSERT_EQ(sum, expected) << n << ' ' << run;
  }
}

TEST(AffineRuns, BothPathsGiveTheSamePoints) {
  Rng rng(1);
  for (size_t n = 0; n < 70; n++) check(n, 0, 1 + n % 40, 1, rng);
  for (int round = 0; round < 300; round++) {
    const size_t n = rng() % 600;
    check(n, round % 17, static_cast<uint32_t>(1 + rng() % (round % 2 ? 9 : 300)), round % 3 ? 1 : 20, rng);
  }
  check(9000, 1, 50, 256, rng);
}

TEST(AffineRuns, OnlySpecialPairs) {
  Rng rng(2);
  const G1Affine p = some_points(1, 0, rng)[0];
  for (const G1Affine& second : {p, negative(p), G1Affine{}}) {
    std::vector<G1Affine> points;
    for (int i = 0; i < 40; i++) points.insert(points.end(), {p, second});
    auto twin = points;
    std::vector<uint32_t> counts = {80}, twin_counts = counts;
    RunReducer scalar(false), ifma(use_ifma());
    ASSERT_EQ(ifma.reduce(points, counts), 1u);
    ASSERT_EQ(scalar.reduce(twin, twin_counts), 1u);
    EXPECT_EQ(points[0], twin[0]);
    EXPECT_EQ(G1(points[0]), G1(p) * Fr(second == p ? 80 : second.is_infinity() ? 40 : 0));
  }
}

}  // namespace
}  // namespace sotto::zk
