// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/opening_mask.h"

#include <algorithm>

#include "base/split_mix.h"

namespace sotto::zk {

bool in_every_class(unsigned log_n, uint64_t mask_at, const std::vector<uint64_t>& rows) {
  for (unsigned bit = 0; bit < log_n; bit++)
    for (uint64_t e = 0; e < 2 && e << bit < mask_at; e++)
      if (std::ranges::count_if(rows, [&](uint64_t row) { return (row >> bit & 1) == e; }) < kZ0PerClass) return false;
  return true;
}

std::vector<uint64_t> opening_mask_rows(uint64_t mask_at) {
  std::vector<uint64_t> rows;
  constexpr uint64_t kSpread = kZ0Entries - kZ0AtMasks;
  // At random in their stretches: with steps of any fixed size some layouts would have classes without an entry.
  const uint64_t stride = std::max<uint64_t>(1, mask_at / kSpread);
  for (uint64_t j = 0; j < kSpread; j++) rows.push_back(j * stride + split_mix(j) % stride);
  for (uint64_t j = 0; j < kZ0AtMasks; j++) rows.push_back(mask_at + kMaskRows + j);
  return rows;
}

}  // namespace sotto::zk
