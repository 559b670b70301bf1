// SPDX-License-Identifier: Apache-2.0
#include "zk/curve/affine_runs.h"

#include "base/check.h"

namespace sotto::zk {

RunReducer::Case RunReducer::classify(const G1Affine& a, const G1Affine& b) {
  if (a.is_infinity()) return Case::kSecond;
  if (b.is_infinity()) return Case::kFirst;
  if (a.x != b.x) return Case::kAdd;
  return a.y == b.y ? Case::kDouble : Case::kInfinity;
}

// Walks the pairs backwards, so that add_pairs can walk forwards and overwrite what it has read.
Fq RunReducer::multiply_denominators(std::span<const G1Affine> points, std::span<const uint32_t> counts, size_t pairs) {
  if (denominator_.size() < pairs) {
    denominator_.resize(pairs);
    suffix_.resize(pairs);
    case_.resize(pairs);
  }
  Fq product = Fq::one();
  size_t end = points.size();
  for (size_t r = counts.size(); r-- > 0;) {
    const size_t begin = end - counts[r];
    for (size_t k = counts[r] / 2; k-- > 0;) {
      const G1Affine &a = points[begin + 2 * k], &b = points[begin + 2 * k + 1];
      pairs--;
      Fq d = b.x - a.x;
      Case c = Case::kAdd;
      if (d.is_zero() || a.is_infinity() || b.is_infinity()) {
        c = classify(a, b);
        if (c != Case::kAdd) d = c == Case::kDouble ? a.y + a.y : Fq::one();
      }
      case_[pairs] = c;
      denominator_[pairs] = d;
      suffix_[pairs] = product;
      product *= d;
    }
    end = begin;
  }
  return product;
}

// slope = (y2 - y1) / (x2 - x1), or 3 x1^2 / (2 y1) for a doubling; x3 = slope^2 - x1 - x2, y3 = slope (x1 - x3) - y1.
size_t RunReducer::add_pairs(std::span<G1Affine> points, std::span<uint32_t> counts, Fq inverse) {
  size_t in = 0, out = 0, pair = 0;
  for (uint32_t& count : counts) {
    const size_t end = in + count;
    for (; in + 1 < end; in += 2, out++, pair++) {
      const G1Affine a = points[in], b = points[in + 1];
      const Fq inverse_d = inverse * suffix_[pair];
      inverse *= denominator_[pair];
      switch (case_[pair]) {
        case Case::kFirst: points[out] = a; continue;
        case Case::kSecond: points[out] = b; continue;
        case Case::kInfinity: points[out] = {}; continue;
        case Case::kAdd:
        case Case::kDouble: break;
      }
      Fq numerator = b.y - a.y;
      if (case_[pair] == Case::kDouble) {
        const Fq xx = a.x.square();
        numerator = xx + xx + xx;
      }
      const Fq slope = numerator * inverse_d;
      const Fq x3 = slope.square() - a.x - b.x;
      points[out] = {x3, slope * (a.x - x3) - a.y};
    }
    if (in < end) points[out++] = points[in++];
    count = count / 2 + (count & 1);
  }
  return out;
}

size_t RunReducer::reduce(std::span<G1Affine> points, std::span<uint32_t> counts, size_t min_pairs) {
  size_t left = points.size();
  for (;;) {
    size_t pairs = 0;
    for (const uint32_t count : counts) pairs += count / 2;
    if (pairs == 0 || pairs < min_pairs) return left;
    const Fq product = multiply_denominators(points.first(left), counts, pairs);
    SOTTO_CHECK(!product.is_zero());  // y = 0 is no point of G1
    left = add_pairs(points.first(left), counts, product.inverse());
  }
}

}  // namespace sotto::zk
