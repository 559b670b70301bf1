// SPDX-License-Identifier: Apache-2.0
#include "zk/commit/point_sums.h"

#include <algorithm>
#include <mutex>

#include "base/check.h"
#include "base/parallel.h"
#include "zk/curve/affine_runs.h"

namespace sotto::zk {
namespace {
constexpr size_t kChunk = 8192;  // points that share an inversion and a second-level cache
}

G1 sum_points(std::span<const G1Affine> points) {
  G1 sum;
  std::mutex mutex;
  parallel_for((points.size() + kChunk - 1) / kChunk, [&](size_t begin, size_t end, unsigned) {
    RunReducer reducer;
    std::vector<G1Affine> chunk;
    G1 part;
    for (size_t c = begin; c < end; c++) {
      const auto from = points.subspan(c * kChunk, std::min(kChunk, points.size() - c * kChunk));
      chunk.assign(from.begin(), from.end());
      uint32_t count = static_cast<uint32_t>(chunk.size());
      reducer.reduce(chunk, {&count, 1});
      part = part + G1(chunk[0]);
    }
    const std::lock_guard lock(mutex);
    sum = sum + part;
  });
  return sum;
}

std::vector<G1Affine> add_lists(std::span<const std::span<const G1Affine>> lists) {
  SOTTO_CHECK(!lists.empty());
  const size_t n = lists[0].size(), width = lists.size(), rows = std::max<size_t>(1, kChunk / width);
  for (const auto& l : lists) SOTTO_CHECK(l.size() == n);
  std::vector<G1Affine> out(n);
  parallel_for((n + rows - 1) / rows, [&](size_t begin, size_t end, unsigned) {
    RunReducer reducer;
    std::vector<G1Affine> chunk;
    std::vector<uint32_t> counts;
    for (size_t c = begin; c < end; c++) {
      const size_t first = c * rows, last = std::min(n, first + rows);
      chunk.clear();
      for (size_t e = first; e < last; e++)
        for (const auto& l : lists) chunk.push_back(l[e]);
      counts.assign(last - first, static_cast<uint32_t>(width));
      reducer.reduce(chunk, counts);
      std::copy_n(chunk.begin(), last - first, out.begin() + static_cast<ptrdiff_t>(first));
    }
  });
  return out;
}

}  // namespace sotto::zk
