// SPDX-License-Identifier: Apache-2.0
// Sums of many runs of affine points by pairwise trees. All additions of one level share a single field inversion
// (Montgomery's trick), so an addition costs 6 multiplications instead of the 11 of a mixed Jacobian one.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "zk/curve/g1.h"

namespace sotto::zk {

// Not thread-safe: one reducer per thread, it keeps its buffers.
class RunReducer {
 public:
  // points holds counts[0] points of run 0, then counts[1] points of run 1, and so on. Replaces neighbours of one run by
  // their sum, level by level, until every run has at most one point or a level has fewer than min_pairs pairs. Complete:
  // equal, opposite and infinite points are fine; all points must lie on the curve. Updates counts, keeps the order of the
  // runs, and returns how many points are left at the front of points.
  size_t reduce(std::span<G1Affine> points, std::span<uint32_t> counts, size_t min_pairs = 1);

 private:
  enum class Case : uint8_t { kAdd, kDouble, kFirst, kSecond, kInfinity };
  static Case classify(const G1Affine& a, const G1Affine& b);
  Fq multiply_denominators(std::span<const G1Affine> points, std::span<const uint32_t> counts, size_t pairs);
  size_t add_pairs(std::span<G1Affine> points, std::span<uint32_t> counts, Fq inverse);

  std::vector<Fq> denominator_, suffix_;  // of pair p: the slope's denominator, the product of the denominators after p
  std::vector<Case> case_;
};

}  // namespace sotto::zk
