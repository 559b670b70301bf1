// SPDX-License-Identifier: Apache-2.0
// Matrix product of 16-bit integers modulo 2^32, two places at a time: the DFT and the conv layers of the fast judge.
// Every CPU path gives the same bits.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/cpu_path.h"

namespace sotto::judge {

// Columns of a product are stored in panels of this width; the last panel may be 16 or 32 wide.
inline constexpr size_t kPanel = 48;

// out[m][n] = sum_p rows[m][2p] * columns[p][n][0] + rows[m][2p+1] * columns[p][n][1]  mod 2^32
// rows[m] starts at rows + m * row_stride. The panel that starts at column n0 lies at columns + 2 * pairs * n0, as
// [pairs][width][2]. column_count is a multiple of 16; row m of `out` starts at m * column_count.
struct PairProduct {
  const int16_t* rows;
  size_t row_stride, row_count;
  const int16_t* columns;
  size_t column_count, pairs;
};
void pair_product(CpuPath path, const PairProduct& in, int32_t* out);

}  // namespace sotto::judge
