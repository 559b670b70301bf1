// SPDX-License-Identifier: Apache-2.0
#include "zk/curve/affine_runs.h"

#include <bit>

#include "base/check.h"

namespace sotto::zk {
namespace {
constexpr size_t kMinIfmaPairs = 8;
}  // namespace

RunReducer::Case RunReducer::classify(const G1Affine& a, const G1Affine& b) {
  if (a.is_infinity()) return Case::kSecond;
  if (b.is_infinity()) return Case::kFirst;
  if (a.x != b.x) return Case::kAdd;
  return a.y == b.y ? Case::kDouble : Case::kInfinity;
}

Fq RunReducer::denominator(const G1Affine& a, const G1Affine& b, Case c) {
  if (c == Case::kAdd) return b.x - a.x;
  return c == Case::kDouble ? a.y + a.y : Fq::one();
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
      const Case c = classify(a, b);
      const Fq d = denominator(a, b, c);
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
G1Affine RunReducer::sum(const G1Affine& a, const G1Affine& b, Case c, const Fq& inverse_d) {
  switch (c) {
    case Case::kFirst: return a;
    case Case::kSecond: return b;
    case Case::kInfinity: return {};
    case Case::kAdd:
    case Case::kDouble: break;
  }
  Fq numerator = b.y - a.y;
  if (c == Case::kDouble) {
    const Fq xx = a.x.square();
    numerator = xx + xx + xx;
  }
  const Fq slope = numerator * inverse_d;
  const Fq x3 = slope.square() - a.x - b.x;
  return {x3, slope * (a.x - x3) - a.y};
}

size_t RunReducer::add_pairs(std::span<G1Affine> points, std::span<uint32_t> counts, Fq inverse) {
  size_t in = 0, out = 0, pair = 0;
  for (uint32_t& count : counts) {
    const size_t end = in + count;
    for (; in + 1 < end; in += 2, out++, pair++) {
      const Fq inverse_d = inverse * suffix_[pair];
      inverse *= denominator_[pair];
      points[out] = sum(points[in], points[in + 1], case_[pair], inverse_d);
    }
    if (in < end) points[out++] = points[in++];
    count = count / 2 + (count & 1);
  }
  return out;
}

size_t RunReducer::scalar_level(std::span<G1Affine> points, std::span<uint32_t> counts, size_t pairs) {
  const Fq product = multiply_denominators(points, counts, pairs);
  SOTTO_CHECK(!product.is_zero());  // y = 0 is no point of G1
  return add_pairs(points, counts, product.inverse());
}

// Where the pairs are and where their sums go. The kernel writes over points, so the odd ones out are kept aside.
size_t RunReducer::plan_level(std::span<const G1Affine> points, std::span<uint32_t> counts) {
  uint32_t in = 0, out = 0;
  size_t pair = 0;
  for (uint32_t& count : counts) {
    for (uint32_t k = count / 2; k > 0; k--, pair++, in += 2) {
      first_[pair] = in;
      out_[pair] = out++;
    }
    if (count & 1) {
      if (in != out) placed_.push_back({out, points[in]});
      in++;
      out++;
    }
    count = count / 2 + (count & 1);
  }
  return out;
}

// Doublings, infinities and whatever else the slope formula may not fit. Those that need a slope share one scalar
// inversion.
void RunReducer::place_special(std::span<const G1Affine> points, size_t pairs) {
  std::vector<uint32_t> sloped;
  std::vector<Fq> inverse;
  const auto with_pair = [&](uint32_t pair, auto&& visit) {
    const G1Affine &a = points[first_[pair]], &b = points[first_[pair] + 1];
    visit(a, b, classify(a, b));
  };
  for (uint32_t group = 0; group < (pairs + 7) / 8; group++) {
    for (unsigned mask = special_[group]; mask != 0; mask &= mask - 1) {
      const uint32_t pair = 8 * group + static_cast<uint32_t>(std::countr_zero(mask));
      with_pair(pair, [&](const G1Affine& a, const G1Affine& b, Case c) {
        if (c == Case::kAdd || c == Case::kDouble)
          sloped.push_back(pair), inverse.push_back(denominator(a, b, c));
        else
          placed_.push_back({out_[pair], sum(a, b, c, Fq::one())});
      });
    }
  }
  if (sloped.empty()) return;
  SOTTO_CHECK(batch_inverse<Fq>(inverse));
  for (size_t i = 0; i < sloped.size(); i++)
    with_pair(sloped[i], [&](const G1Affine& a, const G1Affine& b, Case c) {
      placed_.push_back({out_[sloped[i]], sum(a, b, c, inverse[i])});
    });
}

size_t RunReducer::ifma_level(std::span<G1Affine> points, std::span<uint32_t> counts, size_t pairs) {
  const size_t groups = (pairs + 7) / 8;
  if (special_.size() < groups) {
    special_.resize(groups);
    group_suffix_.resize(groups);
    first_.resize(8 * groups);
    out_.resize(8 * groups);
  }
  placed_.clear();
  const size_t left = plan_level(points, counts);
  for (size_t i = pairs; i < 8 * groups; i++) {
    first_[i] = first_[pairs - 1];
    out_[i] = out_[pairs - 1];
  }
  const PairGroups batch{points.data(), first_.data(), out_.data(), groups, group_suffix_.data(), special_.data()};
  Fq lanes[8];
  multiply_differences_ifma(batch, lanes);
  SOTTO_CHECK(batch_inverse<Fq>(lanes));
  place_special(points, pairs);
  add_pairs_ifma(batch, lanes);
  for (const Placed& p : placed_) points[p.at] = p.point;
  return left;
}

size_t RunReducer::reduce(std::span<G1Affine> points, std::span<uint32_t> counts, size_t min_pairs) {
  size_t left = points.size();
  for (;;) {
    size_t pairs = 0;
    for (const uint32_t count : counts) pairs += count / 2;
    if (pairs == 0 || pairs < min_pairs) return left;
    const std::span<G1Affine> level = points.first(left);
    left = ifma_ && pairs >= kMinIfmaPairs ? ifma_level(level, counts, pairs) : scalar_level(level, counts, pairs);
  }
}

}  // namespace sotto::zk
