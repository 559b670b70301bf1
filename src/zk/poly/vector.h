// SPDX-License-Identifier: Apache-2.0
// Loops over long vectors of scalars, on all threads and on the fastest path of the machine. The scalar path is the slow twin.
#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "zk/field/fr.h"

namespace sotto::zk {

// sum_i a[i] b[i] over the common length; single-threaded.
Fr dot(std::span<const Fr> a, std::span<const Fr> b);
// sum_i w[i] v[i] over the common length; single-threaded.
Fr dot_u32(std::span<const Fr> w, std::span<const uint32_t> v);
// sum_i f_i(x) w_i(x) at x = 0, 1, 2, with f_i(x) = f[2i] + x (f[2i+1] - f[2i]) and zeros past the ends: a round of a sumcheck.
std::array<Fr, 3> product_round(std::span<const Fr> f, std::span<const Fr> w);
// out[i] += scale in[i]; out is at least as long as in.
void add_scaled(std::span<Fr> out, const Fr& scale, std::span<const Fr> in);
void add_scaled_serial(std::span<Fr> out, const Fr& scale, std::span<const Fr> in);  // on the calling thread
// out[i] = sum_c scales[c] columns[c][i]; columns are as long as out.
void combine_u32(std::span<const Fr> scales, std::span<const uint32_t* const> columns, std::span<Fr> out);
// out[i] = low[i] + x (high[i] - low[i]), with zeros past the end of `high`; single-threaded. out is as long as low,
// and may begin where low does or before.
void interpolate(std::span<const Fr> low, std::span<const Fr> high, const Fr& x, std::span<Fr> out);
// out[i] = in[2i] + x (in[2i+1] - in[2i]), with a zero past an odd end; out has (|in| + 1) / 2 entries.
void bind_pairs(std::span<const Fr> in, const Fr& x, std::span<Fr> out);
// The same over the front of `table`; single-threaded.
void bind_pairs_in_place(std::span<Fr> table, const Fr& x);

}  // namespace sotto::zk
