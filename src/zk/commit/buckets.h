// SPDX-License-Identifier: Apache-2.0
// One window of an MSM: sorts points into buckets, adds up each bucket with affine trees, weighs the buckets.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/huge_pages.h"
#include "zk/curve/affine_runs.h"

namespace sotto::zk {

constexpr uint32_t kNegative = uint32_t{1} << 31;  // flag beside an index or a bucket: take the negative of the point
constexpr uint32_t kManyBuckets = 512;             // from here on it pays to weigh buckets with affine additions
constexpr uint32_t kNoBucket = ~uint32_t{0};       // the point has digit zero

// Keeps its buffers (8 bytes per point); one per thread.
class BucketSorter {
 public:
  // sum_b (b + 1) * (sum of the points in bucket b), b < buckets. bucket_of(i) names the bucket of points[i], with its
  // sign, or kNoBucket.
  template <class BucketOf>
  G1 weighted_sum(std::span<const G1Affine> points, uint32_t buckets, BucketOf&& bucket_of) {
    assign(points.size(), buckets, bucket_of);
    sort([](size_t i) { return static_cast<uint32_t>(i); });
    add_up(points);
    return weigh();
  }
  // The sum of the points in each bucket. Item i < count is points[point_of(i)], in bucket bucket_of(i) or in none.
  template <class BucketOf, class PointOf>
  std::vector<G1Affine> sums(std::span<const G1Affine> points, size_t count, uint32_t buckets, BucketOf&& bucket_of,
                             PointOf&& point_of) {
    assign(count, buckets, bucket_of);
    sort(point_of);
    add_up(points);
    return sum_;
  }

 private:
  struct Entry {
    uint32_t bucket;
    G1Affine point;
  };
  template <class BucketOf>
  void assign(size_t count, uint32_t buckets, BucketOf&& bucket_of) {
    if (bucket_.size() != count) bucket_ = huge_vector<uint32_t>(count);
    start_.assign(buckets + 1, 0);
    for (size_t i = 0; i < count; i++) {
      bucket_[i] = bucket_of(i);
      if (bucket_[i] != kNoBucket) start_[(bucket_[i] & ~kNegative) + 1]++;
    }
  }
  // Counting sort; stable, so with points in order the points of a bucket are visited in memory order.
  template <class PointOf>
  void sort(PointOf&& point_of) {
    begin_sort();
    for (size_t i = 0; i < bucket_.size(); i++) {
      const uint32_t b = bucket_[i];
      if (b != kNoBucket) order_[next_[b & ~kNegative]++] = point_of(i) | (b & kNegative);
    }
  }
  void begin_sort();
  void add_up(std::span<const G1Affine> points);
  void put(uint32_t bucket, const G1Affine& point);
  void reduce_chunk(size_t min_pairs, std::vector<Entry>& next);
  G1 weigh();
  G1 weigh_by_running_sums() const;
  G1 weigh_by_halving();

  std::vector<uint32_t> bucket_, start_, next_, order_;  // order_: indices with sign, sorted by bucket; bucket b begins at start_[b]
  std::vector<G1Affine> sum_;    // of each bucket
  std::vector<G1Affine> chunk_;
  std::vector<uint32_t> counts_, ids_;  // the runs of chunk_: length and bucket
  std::vector<Entry> entries_, rest_;
  RunReducer reducer_;
};

}  // namespace sotto::zk
