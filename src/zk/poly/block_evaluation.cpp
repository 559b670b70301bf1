// SPDX-License-Identifier: Apache-2.0
#include "zk/poly/block_evaluation.h"

#include <bit>

#include "zk/poly/vector.h"

namespace sotto::zk {
namespace {

// eq(x, point) on the rows where it is not zero.
struct BlockEq {
  uint64_t base = 0;
  std::vector<Fr> eq;
  BlockEq(PointSpan point, const Fr& scale) {
    size_t low = point.size();
    while (low > 0 && (point[low - 1].is_zero() || point[low - 1] == Fr::one())) low--;
    for (size_t i = low; i < point.size(); i++) base |= uint64_t{point[i] == Fr::one()} << i;
    eq = eq_table(point.first(low), scale);
  }
};

}  // namespace

Fr block_evaluation(const std::vector<Fr>& table, PointSpan point) {
  const BlockEq block(point, Fr::one());
  return block.base < table.size() ? dot(block.eq, std::span(table).subspan(block.base)) : Fr::zero();
}

std::vector<Fr> block_weights(size_t size, const std::vector<Point>& points, Fr scale, const Fr& ratio) {
  std::vector<Fr> w(std::bit_ceil(size));
  for (const Point& p : points) {
    const BlockEq block(p, scale);
    for (size_t i = 0; i < block.eq.size(); i++) w[block.base + i] += block.eq[i];
    scale *= ratio;
  }
  return w;
}

}  // namespace sotto::zk
