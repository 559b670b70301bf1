// SPDX-License-Identifier: Apache-2.0
// Plain sums of points, by affine trees on all threads.
#pragma once
#include <span>
#include <vector>

#include "zk/curve/g1.h"

namespace sotto::zk {

// sum_i points[i]
G1 sum_points(std::span<const G1Affine> points);
// out[e] = sum_j lists[j][e]; all lists have the same length.
std::vector<G1Affine> add_lists(std::span<const std::span<const G1Affine>> lists);

}  // namespace sotto::zk
