// SPDX-License-Identifier: Apache-2.0
// Sums of many runs of affine points by pairwise trees. All additions of one level share a single field inversion
// (Montgomery's trick), so an addition costs 6 multiplications instead of the 11 of a mixed Jacobian one.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/cpu_path.h"
#include "zk/curve/kernels/affine_ifma.h"

namespace sotto::zk {

// Not thread-safe: one reducer per thread, it keeps its buffers.
class RunReducer {
 public:
  explicit RunReducer(bool ifma = use_ifma()) : ifma_(ifma) {}
  // points holds counts[0] points of run 0, then counts[1] points of run 1, and so on. Replaces neighbours of one run by
  // their sum, level by level, until every run has at most one point or a level has fewer than min_pairs pairs. Complete:
  // equal, opposite and infinite points are fine; all points must lie on the curve. Updates counts, keeps the order of the
  // runs, and returns how many points are left at the front of points.
  size_t reduce(std::span<G1Affine> points, std::span<uint32_t> counts, size_t min_pairs = 1);

 private:
  enum class Case : uint8_t { kAdd, kDouble, kFirst, kSecond, kInfinity };
  static Case classify(const G1Affine& a, const G1Affine& b);
  static Fq denominator(const G1Affine& a, const G1Affine& b, Case c);
  static G1Affine sum(const G1Affine& a, const G1Affine& b, Case c, const Fq& inverse_d);

  // One level on each path; both return how many points are left.
  size_t scalar_level(std::span<G1Affine> points, std::span<uint32_t> counts, size_t pairs);
  size_t ifma_level(std::span<G1Affine> points, std::span<uint32_t> counts, size_t pairs);
  Fq multiply_denominators(std::span<const G1Affine> points, std::span<const uint32_t> counts, size_t pairs);
  size_t add_pairs(std::span<G1Affine> points, std::span<uint32_t> counts, Fq inverse);

  size_t plan_level(std::span<const G1Affine> points, std::span<uint32_t> counts);
  void place_special(std::span<const G1Affine> points, size_t pairs);

  bool ifma_;
  std::vector<Fq> denominator_, suffix_;  // of pair p: the slope's denominator, the product of the denominators after p
  std::vector<Case> case_;

  struct Placed {
    uint32_t at;
    G1Affine point;
  };
  std::vector<uint32_t> first_, out_;  // PairGroups
  std::vector<PairGroups::Suffix> group_suffix_;
  std::vector<uint8_t> special_;
  std::vector<Placed> placed_;  // points that the kernel does not compute: odd ones out, and sums of special pairs
};

}  // namespace sotto::zk
