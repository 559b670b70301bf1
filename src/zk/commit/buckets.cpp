// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/buckets.h"

#include <algorithm>
#include <bit>

#include "base/huge_pages.h"

namespace sotto::zk {
namespace {
// Points per shared inversion: enough to hide the inversion, few enough for a second-level cache (512 KiB of points).
constexpr size_t kChunk = 8192;
// A level with fewer pairs would not pay for its inversion; what is left joins the next round.
constexpr size_t kMinPairs = 256;
constexpr size_t kPrefetch = 24;  // points ahead: they lie all over memory

G1 times_small(const G1& p, uint32_t k) {
  if (k == 1) return p;
  G1 r;
  for (int i = std::bit_width(k) - 1; i >= 0; i--) {
    r = r.doubled();
    if (k >> i & 1) r = r + p;
  }
  return r;
}

// Without a branch: signs are as good as random.
G1Affine with_sign(const G1Affine& p, bool negative) {
  const uint64_t mask = uint64_t{0} - uint64_t{negative};
  const detail::Limbs &y = p.y.montgomery(), minus = (-p.y).montgomery();
  detail::Limbs r;
  for (int i = 0; i < 4; i++) r[i] = y[i] ^ ((y[i] ^ minus[i]) & mask);
  return {p.x, Fq::raw(r)};
}
}  // namespace

// Where every bucket begins in order_, and room behind the last one for what is read ahead.
void BucketSorter::begin_sort() {
  for (size_t b = 1; b < start_.size(); b++) start_[b] += start_[b - 1];
  if (order_.size() < start_.back() + kPrefetch) order_ = huge_vector<uint32_t>(bucket_.size() + kPrefetch);
  std::fill_n(order_.begin() + start_.back(), kPrefetch, 0);  // an index, too
  next_.assign(start_.begin(), start_.end());
}

// Buckets that are down to one point go to their sum, the others to the next round.
void BucketSorter::reduce_chunk(size_t min_pairs, std::vector<Entry>& next) {
  reducer_.reduce(chunk_, counts_, min_pairs);
  size_t at = 0;
  for (size_t run = 0; run < counts_.size(); run++) {
    // The first and the last run may go on in the neighbouring chunks.
    const bool alone = counts_[run] == 1 && run > 0 && run + 1 < counts_.size();
    if (alone) sum_[ids_[run]] = chunk_[at++];
    else
      for (uint32_t i = 0; i < counts_[run]; i++) next.push_back({ids_[run], chunk_[at++]});
  }
  chunk_.clear();
  counts_.clear();
  ids_.clear();
}

void BucketSorter::put(uint32_t bucket, const G1Affine& point) {
  if (ids_.empty() || ids_.back() != bucket) {
    ids_.push_back(bucket);
    counts_.push_back(0);
  }
  counts_.back()++;
  chunk_.push_back(point);
}

// Rounds: the first walks over all points in bucket order, the others over the sums of buckets that are not finished. Every
// full chunk of a later round holds runs of two and more (but for its ends), so it shrinks and the rounds come to an end.
void BucketSorter::add_up(std::span<const G1Affine> points) {
  sum_.assign(start_.size() - 1, G1Affine{});
  chunk_.reserve(kChunk);
  rest_.clear();
  for (uint32_t b = 0; b < sum_.size(); b++) {
    for (uint32_t i = start_[b]; i < start_[b + 1]; i++) {
      __builtin_prefetch(&points[order_[i + kPrefetch] & ~kNegative]);
      put(b, with_sign(points[order_[i] & ~kNegative], (order_[i] & kNegative) != 0));
      if (chunk_.size() == kChunk) reduce_chunk(kMinPairs, rest_);
    }
  }
  if (!chunk_.empty()) reduce_chunk(kMinPairs, rest_);
  while (!rest_.empty()) {
    const bool last = rest_.size() <= kChunk;
    entries_.swap(rest_);
    rest_.clear();
    for (size_t i = 0; i < entries_.size(); i++) {
      const uint32_t bucket = entries_[i].bucket;
      const bool alone = (i == 0 || entries_[i - 1].bucket != bucket) && (i + 1 == entries_.size() || entries_[i + 1].bucket != bucket);
      if (alone) sum_[bucket] = entries_[i].point;
      else put(bucket, entries_[i].point);
      if (chunk_.size() == kChunk) reduce_chunk(kMinPairs, rest_);
    }
    if (!chunk_.empty()) reduce_chunk(last ? 1 : kMinPairs, rest_);
  }
}

G1 BucketSorter::weigh() {
  const auto empty = static_cast<size_t>(std::ranges::count_if(sum_, [](const G1Affine& p) { return p.is_infinity(); }));
  const bool mostly_empty = empty > sum_.size() / 4 * 3;
  return sum_.size() < kManyBuckets || mostly_empty ? weigh_by_running_sums() : weigh_by_halving();
}

// sum_b b S_b = 2 sum_i i (S_2i + S_2i+1) + sum_i S_2i+1, again and again: two affine additions for each bucket. The sums of
// odd buckets wait for the end, to share inversions. The number of buckets is a power of two. Overwrites sum_.
G1 BucketSorter::weigh_by_halving() {
  for (size_t m = sum_.size(); m > 1; m /= 2) {
    for (size_t i = 1; i < m; i += 2) chunk_.push_back(sum_[i]);
    counts_.assign(m / 2, 2);
    reducer_.reduce(std::span(sum_).first(m), counts_);
  }
  counts_.clear();
  for (size_t m = sum_.size(); m > 1; m /= 2) counts_.push_back(static_cast<uint32_t>(m / 2));
  reducer_.reduce(chunk_, counts_);
  G1 r;
  for (size_t level = counts_.size(); level-- > 0;) r = r.doubled() + chunk_[level];
  chunk_.clear();
  counts_.clear();
  return r + sum_[0];  // the weight of bucket b is b + 1
}

// sum_b (b + 1) S_b by running sums from the top; runs of empty buckets are jumped over.
G1 BucketSorter::weigh_by_running_sums() const {
  G1 running, total;
  uint32_t above = 0;  // the empty buckets since the last addition, and one
  for (size_t b = sum_.size(); b-- > 0; above++) {
    if (sum_[b].is_infinity()) continue;
    total = total + times_small(running, above);
    running = running + sum_[b];
    above = 0;
  }
  return total + times_small(running, above);
}

}  // namespace sotto::zk
