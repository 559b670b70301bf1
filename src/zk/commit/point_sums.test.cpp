// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/point_sums.h"

#include <gtest/gtest.h>

#include <random>

#include "zk/commit/buckets.h"

namespace sotto::zk {
namespace {

// Points with neighbours that are equal, opposite and infinite, which affine formulas do not fit.
std::vector<G1Affine> some_points(size_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<G1Affine> points(n);
  G1 p = G1(G1Affine::generator()) * Fr(random());
  for (size_t i = 0; i < n; i++) {
    const unsigned kind = static_cast<unsigned>(random() % 8);
    if (kind == 0) continue;  // infinity
    if (kind == 1 && i > 0)
      points[i] = points[i - 1];
    else if (kind == 2 && i > 0)
      points[i] = (-G1(points[i - 1])).to_affine();
    else
      points[i] = (p = p.doubled() + G1Affine::generator()).to_affine();
  }
  return points;
}

G1 slow_sum(std::span<const G1Affine> points) {
  G1 sum;
  for (const G1Affine& p : points) sum = sum + p;
  return sum;
}

TEST(PointSums, SumOfPoints) {
  for (const size_t n : {0, 1, 2, 3, 100, 8191, 8192, 8193, 20000}) {
    const std::vector<G1Affine> points = some_points(n, n);
    EXPECT_EQ(sum_points(points), slow_sum(points)) << n;
  }
}

TEST(PointSums, ListsElementByElement) {
  for (const size_t width : {1, 2, 4, 5}) {
    std::vector<std::vector<G1Affine>> lists;
    for (size_t j = 0; j < width; j++) lists.push_back(some_points(5000, j));
    const std::vector<std::span<const G1Affine>> spans(lists.begin(), lists.end());
    const std::vector<G1Affine> sums = add_lists(spans);
    ASSERT_EQ(sums.size(), 5000u);
    for (size_t e = 0; e < sums.size(); e++) {
      std::vector<G1Affine> column;
      for (const auto& l : lists) column.push_back(l[e]);
      ASSERT_EQ(G1(sums[e]), slow_sum(column)) << e;
    }
  }
}

// Items in other places than their points, in no bucket, and all in one.
TEST(PointSums, ByBucket) {
  const std::vector<G1Affine> points = some_points(3000, 9);
  BucketSorter sorter;
  for (const uint32_t buckets : {1u, 7u, 1000u}) {
    const auto bucket = [&](size_t i) { return i % 5 == 0 ? kNoBucket : static_cast<uint32_t>(i * i % buckets); };
    const auto point = [&](size_t i) { return static_cast<uint32_t>(points.size() - 1 - i); };
    const std::vector<G1Affine> sums = sorter.sums(points, points.size(), buckets, bucket, point);
    ASSERT_EQ(sums.size(), buckets);
    std::vector<G1> expected(buckets);
    for (size_t i = 0; i < points.size(); i++)
      if (bucket(i) != kNoBucket) expected[bucket(i)] = expected[bucket(i)] + points[point(i)];
    for (uint32_t b = 0; b < buckets; b++) EXPECT_EQ(G1(sums[b]), expected[b]) << b << " of " << buckets;
  }
}

}  // namespace
}  // namespace sotto::zk
