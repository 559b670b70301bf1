// SPDX-License-Identifier: Apache-2.0
// The loops of vector.h, eight elements at a time (AVX-512 IFMA). Sizes are multiples of the group that each function names. Only
// where use_ifma() holds; elsewhere calling them is a bug.
#pragma once
#include <cstddef>
#include <cstdint>

#include "zk/field/fr.h"

namespace sotto::zk {

// Results in Fr's form, times 1/16 where `Sixteenth` says so: products of two numbers in Fr's form lose a factor in the lanes.
struct Sixteenth {
  Fr value;
};

// sum_i a[i] b[i], i < 8 * groups
Sixteenth dot_ifma(const Fr* a, const Fr* b, size_t groups);
// sum_i w[i] v[i], i < 8 * groups
Fr dot_u32_ifma(const Fr* w, const uint32_t* v, size_t groups);
// The sums over pairs of f w at 0, 1 and 2, i < 8 * groups pairs: f(x) = f[2i] + x (f[2i + 1] - f[2i]).
void product_round_ifma(const Fr* f, const Fr* w, size_t groups, Sixteenth (&sums)[3]);
// out[i] = in[2i] + x (in[2i + 1] - in[2i]), i < 8 * groups. out may be in.
void bind_lowest_ifma(const Fr* in, const Fr& x, size_t groups, Fr* out);
// out[i] = low[i] + x (high[i] - low[i]), i < 8 * groups. out may be low.
void interpolate_ifma(const Fr* low, const Fr* high, const Fr& x, size_t groups, Fr* out);
// out[i] += scale in[i], i < 8 * groups
void add_scaled_ifma(Fr* out, const Fr& scale, const Fr* in, size_t groups);
// out[i] = sum_c scales[c] columns[c][at + i], i < 8 * groups; at most 1024 columns
void combine_u32_ifma(const Fr* scales, const uint32_t* const* columns, size_t count, size_t at, size_t groups, Fr* out);

}  // namespace sotto::zk
