// SPDX-License-Identifier: Apache-2.0
// Multilinear extensions over Fr. A table of 2^b values belongs to the multilinear polynomial that takes them on the
// hypercube; index x = sum_i x_i 2^i, so x_0 is the lowest bit, and variables are bound from x_0 upwards everywhere.
//   eq(x, y) = prod_i (x_i y_i + (1 - x_i)(1 - y_i))
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "zk/field/fr.h"

namespace sotto::zk {

using Point = std::vector<Fr>;
using PointSpan = std::span<const Fr>;

// Table of eq(., r): 2^|r| entries.
std::vector<Fr> eq_table(PointSpan r, const Fr& scale = Fr::one());
// Its first entries, `count` or a few more: the table of the variables that they need, times eq of the others with 0.
std::vector<Fr> eq_table_start(PointSpan r, uint64_t count);
Fr eq(PointSpan x, PointSpan y);
// eq(x, bits of index).
Fr eq_index(PointSpan x, uint64_t index);
// prod_i (1 - x_i): eq with index 0.
Fr eq_zero(PointSpan x);

// sum_{t < limit} eq(t, x) eq(t, r); limit <= 2^b. O(b).
Fr eq_truncated(PointSpan x, PointSpan r, uint64_t limit);
// sum_{t < limit} eq(t, x): the extension of the indicator [t < limit].
Fr indicator(PointSpan x, uint64_t limit);
// sum_{t < limit} t eq(t, x).
Fr weighted_indicator(PointSpan x, uint64_t limit);
// sum_{i < limit} eq(i, r) eq(i + d, p), d in {0, 1}: a shift by d blocks. Requires limit + d <= 2^b.
Fr shift_eq(PointSpan p, PointSpan r, uint64_t limit, unsigned d);
// sum over 0 <= k <= j < 2^b of eq(j, xj) eq(j, yj) eq(k, xk) eq(k, yk).
Fr triangle(PointSpan xj, PointSpan yj, PointSpan xk, PointSpan yk);

// f(x, .) from f: out[i] = f[2i] + x (f[2i+1] - f[2i]). In place, halves the size.
void bind_lowest(std::vector<Fr>& table, const Fr& x);
// The same for variable v of a table that is zero past its end: out[x + 2^v y] = f[x + 2^v 2y] + .., x < 2^v. On the
// calling thread and without another array: for many tables at once.
void bind_in_place(std::vector<Fr>& table, unsigned variable, const Fr& x);
// Value of the extension at `point` of a table that is zero past its end.
Fr evaluate(std::span<const Fr> table, PointSpan point);
// The same for the sum of entries of a sparse vector.
Fr evaluate_at(uint64_t index, const Fr& value, PointSpan point);

// Horner: sum_i c_i x^i.
Fr horner(std::span<const Fr> coefficients, const Fr& x);

}  // namespace sotto::zk
