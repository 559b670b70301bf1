// SPDX-License-Identifier: Apache-2.0
// Evaluations of a table at points that speak of one aligned block of it: their high coordinates are the bits of the
// block's address, so eq(., point) is zero outside.
#pragma once
#include "zk/poly/multilinear.h"

namespace sotto::zk {

// sum_x eq(x, point) table[x]; the table is zero past its end.
Fr block_evaluation(const std::vector<Fr>& table, PointSpan point);
// sum_s scale ratio^s eq(x, points[s]) for the rows x of a table of `size` entries, up to a power of two.
std::vector<Fr> block_weights(size_t size, const std::vector<Point>& points, Fr scale, const Fr& ratio);

}  // namespace sotto::zk
