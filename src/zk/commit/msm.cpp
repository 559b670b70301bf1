// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/msm.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "base/check.h"
#include "base/parallel.h"

namespace sotto::zk {
namespace {
using Limbs = detail::Limbs;
G1 window_sum(std::span<const G1Affine> points, std::span<const Limbs> k, unsigned c, unsigned w) {
  std::vector<G1> bucket(size_t{1} << c);
  for (size_t i = 0; i < k.size(); i++) {
    const unsigned bit = c * w;
    uint64_t d = k[i][bit / 64] >> (bit % 64);
    if (bit % 64 + c > 64 && bit / 64 < 3) d |= k[i][bit / 64 + 1] << (64 - bit % 64);
    d &= (uint64_t{1} << c) - 1;
    if (d) bucket[d] = bucket[d] + points[i];
  }
  G1 running, sum;
  for (size_t d = bucket.size(); d-- > 1;) {
    running = running + bucket[d];
    sum = sum + running;
  }
  return sum;
}
G1 msm_limbs(std::span<const G1Affine> points, std::span<const Limbs> k) {
  unsigned bits = 0;
  for (const Limbs& v : k)
    for (unsigned i = 0; i < 4; i++)
      if (v[i]) bits = std::max(bits, 64 * i + static_cast<unsigned>(std::bit_width(v[i])));
  if (bits == 0) return {};
  const unsigned c = std::clamp<unsigned>(std::bit_width(k.size()) - 3, 2, 14), windows = (bits + c - 1) / c;
  std::vector<G1> sums(windows);
  parallel_for(windows, [&](size_t begin, size_t end, unsigned) {
    for (size_t w = begin; w < end; w++) sums[w] = window_sum(points, k, c, static_cast<unsigned>(w));
  });
  G1 r;
  for (size_t w = windows; w-- > 0;) {
    for (unsigned i = 0; i < c; i++) r = r.doubled();
    r = r + sums[w];
  }
  return r;
}
}  // namespace

G1 msm(std::span<const G1Affine> points, std::span<const Fr> scalars) {
  SOTTO_CHECK(points.size() >= scalars.size());
  std::vector<Limbs> k(scalars.size());
  for (size_t i = 0; i < k.size(); i++) k[i] = scalars[i].to_limbs();
  return msm_limbs(points, k);
}

G1 msm_u32(std::span<const G1Affine> points, std::span<const uint32_t> scalars) {
  SOTTO_CHECK(points.size() >= scalars.size());
  std::vector<Limbs> k(scalars.size());
  for (size_t i = 0; i < k.size(); i++) k[i] = {scalars[i], 0, 0, 0};
  return msm_limbs(points, k);
}

G1 msm_i64(std::span<const G1Affine> points, std::span<const int64_t> scalars) {
  std::vector<Fr> k(scalars.size());
  for (size_t i = 0; i < k.size(); i++) k[i] = Fr::from_signed(scalars[i]);
  return msm(points, k);
}

G1 msm_naive(std::span<const G1Affine> points, std::span<const Fr> scalars) {
  SOTTO_CHECK(points.size() >= scalars.size());
  G1 r;
  for (size_t i = 0; i < scalars.size(); i++) r = r + G1(points[i]) * scalars[i];
  return r;
}

}  // namespace sotto::zk
