// SPDX-License-Identifier: Apache-2.0
// Pippenger's method (Bernstein, Doumen, Lange, Oosterwijk, eprint 2012/549, section 4), with signed digits: each window of
// c bits sorts its points into 2^(c-1) buckets, adds up every bucket, and weighs the buckets by their digit.
//   sum_i k_i P_i = sum_w 2^(cw) sum_d d * (sum of +-P_i whose digit w is +-d).
// Notation: c = bits of a window, W = number of windows, B = bits of the largest |k_i|, d = |digit|, bucket = d - 1.
#include "zk/commit/msm.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "base/check.h"
#include "base/cpu_path.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "zk/commit/buckets.h"

namespace sotto::zk {
namespace {
using Limbs = detail::Limbs;

// Where the scalars come from. negative(i) and magnitude(i) give k_i = +-magnitude; Word holds magnitude + 2^B. After
// set_bias, which ends the use of magnitude, biased_bits(i, at) has at least the 32 bits of magnitude + bias from bit `at` on.
struct U32Source {
  using Word = uint64_t;
  std::span<const uint32_t> k;
  Word bias = 0;
  size_t size() const { return k.size(); }
  Word magnitude(size_t i) const { return k[i]; }
  bool negative(size_t) const { return false; }
  void set_bias(Word b) { bias = b; }
  uint64_t biased_bits(size_t i, unsigned at) const { return (magnitude(i) + bias) >> at; }
};

struct I64Source {
  using Word = uint128;
  std::span<const int64_t> k;
  Word bias = 0;
  size_t size() const { return k.size(); }
  Word magnitude(size_t i) const { return k[i] < 0 ? uint64_t{0} - static_cast<uint64_t>(k[i]) : static_cast<uint64_t>(k[i]); }
  bool negative(size_t i) const { return k[i] < 0; }
  void set_bias(Word b) { bias = b; }
  uint64_t biased_bits(size_t i, unsigned at) const { return static_cast<uint64_t>((magnitude(i) + bias) >> at); }
};

// |k| <= (r - 1) / 2 < 2^253, so the top bit of the word is free for the sign. The bias, below 2^253 too, is added once
// for all windows.
struct FrSource {
  using Word = Limbs;
  static constexpr uint64_t kSign = uint64_t{1} << 63;
  std::vector<Limbs> k;
  explicit FrSource(std::span<const Fr> scalars) : k(huge_vector<Limbs>(scalars.size())) {
    parallel_for(k.size(), [&](size_t begin, size_t end, unsigned) {
      for (size_t i = begin; i < end; i++) {
        const Limbs v = scalars[i].to_limbs();
        detail::sub_limbs(k[i], Fr::kModulus, v);
        if (detail::less(k[i], v)) k[i][3] |= kSign;  // -(r - v)
        else k[i] = v;
      }
    }, 1024);
  }
  size_t size() const { return k.size(); }
  Word magnitude(size_t i) const { return {k[i][0], k[i][1], k[i][2], k[i][3] & ~kSign}; }
  bool negative(size_t i) const { return (k[i][3] & kSign) != 0; }
  void set_bias(const Word& bias) {
    parallel_for(k.size(), [&](size_t begin, size_t end, unsigned) {
      for (size_t i = begin; i < end; i++) detail::add_limbs(k[i], k[i], bias);
    }, 1024);
  }
  uint64_t biased_bits(size_t i, unsigned at) const {
    const unsigned limb = at / 64, shift = at % 64;
    if (limb == 3) return (k[i][3] & ~kSign) >> shift;
    uint64_t r = k[i][limb] >> shift;
    if (shift > 32) r |= k[i][limb + 1] << (64 - shift);
    return r;
  }
};

unsigned bit_width(uint64_t v) { return static_cast<unsigned>(std::bit_width(v)); }
unsigned bit_width(uint128 v) {
  const auto high = static_cast<uint64_t>(v >> 64);
  return high ? 64 + bit_width(high) : bit_width(static_cast<uint64_t>(v));
}
unsigned bit_width(const Limbs& v) {
  for (unsigned i = 4; i-- > 0;)
    if (v[i]) return 64 * i + bit_width(v[i]);
  return 0;
}
void set_bit(uint64_t& v, unsigned bit) { v |= uint64_t{1} << bit; }
void set_bit(uint128& v, unsigned bit) { v |= uint128{1} << bit; }
void set_bit(Limbs& v, unsigned bit) { v[bit / 64] |= uint64_t{1} << (bit % 64); }

// W = ceil((B + 1) / c): one spare bit, so that the top window can take its carry without another one.
unsigned window_count(unsigned bits, unsigned c) { return (bits + c) / c; }

// What a bucket costs, in affine additions. Few buckets are weighed with two Jacobian additions each; many with two affine
// ones and some copying, which takes longer when they do not fit into the cache. (Measured.)
double bucket_cost(uint32_t buckets) {
  if (buckets < kManyBuckets) return use_ifma() ? 7 : 4.5;
  return buckets <= 16384 ? 3.5 : 5;
}

// Cost in affine additions: one per point and window, and the buckets.
unsigned best_window(size_t n, unsigned bits) {
  unsigned best = 1;
  double best_cost = 0;
  for (unsigned c = 1; c <= std::min(bits + 1, 20u); c++) {
    const uint32_t buckets = uint32_t{1} << (c - 1);
    const double cost = window_count(bits, c) * (static_cast<double>(n) + bucket_cost(buckets) * buckets);
    if (c == 1 || cost < best_cost) {
      best_cost = cost;
      best = c;
    }
  }
  return best;
}

// Digits without carries: with H = sum_{w < W-1} 2^(c-1) 2^(cw), digit w of k is bits [cw, cw + c) of k + H, less 2^(c-1)
// (the top window: not less anything). So every digit can be had on its own, and |digit| <= 2^(c-1).
template <class Source>
class Digits {
 public:
  using Word = typename Source::Word;
  Digits(Source& source, unsigned c, unsigned windows) : source_(source), c_(c), windows_(windows) {
    Word half{};
    for (unsigned w = 0; w + 1 < windows; w++) set_bit(half, c * w + c - 1);
    source.set_bias(half);
  }
  // bucket (d - 1) and sign (kNegative) of k_i's digit w, or kNoBucket
  uint32_t bucket(size_t i, unsigned w) const {
    auto digit = static_cast<int32_t>(source_.biased_bits(i, c_ * w) & ((uint64_t{1} << c_) - 1));
    if (w + 1 < windows_) digit -= int32_t{1} << (c_ - 1);
    if (digit == 0) return kNoBucket;
    const bool negative = (digit < 0) != source_.negative(i);
    return static_cast<uint32_t>(std::abs(digit) - 1) | (negative ? kNegative : 0);
  }

 private:
  const Source& source_;
  unsigned c_, windows_;
};

template <class Source>
unsigned largest_bits(const Source& source) {
  unsigned bits = 0;
  for (size_t i = 0; i < source.size(); i++) bits = std::max(bits, bit_width(source.magnitude(i)));
  return bits;
}

template <class Source>
G1 pippenger(std::span<const G1Affine> points, Source source) {
  const size_t n = source.size();
  SOTTO_CHECK(points.size() >= n && n < kNegative);
  const unsigned bits = largest_bits(source);
  if (bits == 0) return {};
  const unsigned c = best_window(n, bits), windows = window_count(bits, c);
  const Digits<Source> digits(source, c, windows);
  // One task is a window over a part of the points; few windows are cut into parts so that every thread has work.
  const size_t parts = windows >= 4 * thread_count() || n < 1024 ? 1 : thread_count();
  std::vector<G1> sums(windows * parts);
  std::vector<BucketSorter> sorters(thread_count());
  parallel_for(sums.size(), [&](size_t begin, size_t end, unsigned thread) {
    BucketSorter& sorter = sorters[thread];
    for (size_t task = begin; task < end; task++) {
      const auto w = static_cast<unsigned>(task % windows);
      const size_t part = task / windows, first = n * part / parts, last = n * (part + 1) / parts;
      sums[task] = sorter.weighted_sum(points.subspan(first, last - first), uint32_t{1} << (c - 1),
                                       [&](size_t i) { return digits.bucket(first + i, w); });
    }
  });
  G1 r;
  for (unsigned w = windows; w-- > 0;) {
    for (unsigned i = 0; i < c; i++) r = r.doubled();
    for (size_t part = 0; part < parts; part++) r = r + sums[part * windows + w];
  }
  return r;
}
}  // namespace

G1 msm(std::span<const G1Affine> points, std::span<const Fr> scalars) { return pippenger(points, FrSource(scalars)); }

G1 msm_u32(std::span<const G1Affine> points, std::span<const uint32_t> scalars) {
  return pippenger(points, U32Source{scalars, 0});
}

G1 msm_i64(std::span<const G1Affine> points, std::span<const int64_t> scalars) {
  return pippenger(points, I64Source{scalars, 0});
}

G1 msm_naive(std::span<const G1Affine> points, std::span<const Fr> scalars) {
  SOTTO_CHECK(points.size() >= scalars.size());
  G1 r;
  for (size_t i = 0; i < scalars.size(); i++) r = r + G1(points[i]) * scalars[i];
  return r;
}

}  // namespace sotto::zk
