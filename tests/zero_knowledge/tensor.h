// SPDX-License-Identifier: Apache-2.0
// Vectors f[x] = prod_i (x_i ? hi_i : lo_i): unit vectors are such tensors, and a random tensor is as good a test of a
// linear functional on all 2^n entries as a random dense vector (Schwartz-Zippel, error n / r).
#pragma once
#include <array>
#include <random>

#include "zk/poly/multilinear.h"

namespace sotto::zero_knowledge {

using zk::Fr;
using zk::Point;
using Vector = std::vector<Fr>;

class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}
  Fr next() {
    std::array<uint8_t, 64> wide;
    for (auto& b : wide) b = static_cast<uint8_t>(bits_() >> 17);
    return Fr::from_wide_bytes(wide);
  }
  Point point(size_t n) {
    Point p(n);
    for (Fr& x : p) x = next();
    return p;
  }

 private:
  std::mt19937_64 bits_;
};

struct Tensor {
  std::vector<std::array<Fr, 2>> ends;  // (lo, hi) per variable

  static Tensor unit(uint64_t row, unsigned n) {
    Tensor t;
    for (unsigned i = 0; i < n; i++) {
      const Fr bit(uint64_t{row >> i & 1});
      t.ends.push_back({Fr::one() - bit, bit});
    }
    return t;
  }
  static Tensor eq(zk::PointSpan u) {
    Tensor t;
    for (const Fr& x : u) t.ends.push_back({Fr::one() - x, x});
    return t;
  }
  static Tensor random(unsigned n, Random& random) {
    Tensor t;
    for (unsigned i = 0; i < n; i++) t.ends.push_back({random.next(), random.next()});
    return t;
  }
  Fr at(unsigned i, const Fr& x) const { return ends[i][0] + x * (ends[i][1] - ends[i][0]); }
};

}  // namespace sotto::zero_knowledge
