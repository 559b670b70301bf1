// SPDX-License-Identifier: Apache-2.0
// Products of every path against plain sums in double precision, at sizes that leave every kind of rest.
#include "judge/teacher/matrix.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace sotto::judge::teacher {
namespace {

std::vector<float> random_floats(size_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> unit(-1, 1);
  std::vector<float> out(n);
  for (float& x : out) x = unit(random);
  return out;
}

struct Size {
  size_t rows, columns, depth;
};

void expect_product(const Size& s, CpuPath path) {
  SCOPED_TRACE(std::string(cpu_path_name(path)) + " " + std::to_string(s.rows) + " " + std::to_string(s.columns) + " " +
               std::to_string(s.depth));
  const size_t stride_a = s.depth + 3, stride_c = s.columns + 2;
  const auto a = random_floats(s.rows * stride_a, 1), b = random_floats(s.columns * s.depth, 2),
             bias = random_floats(s.columns, 3);
  std::vector<float> c(s.rows * stride_c, 99);
  Factor(b, s.columns, bias, path).multiply(a.data(), s.rows, stride_a, c.data(), stride_c);
  double worst = 0;
  for (size_t m = 0; m < s.rows; m++) {
    for (size_t n = 0; n < s.columns; n++) {
      double sum = bias[n];
      for (size_t k = 0; k < s.depth; k++) sum += double{a[m * stride_a + k]} * b[n * s.depth + k];
      worst = std::max(worst, std::abs(sum - c[m * stride_c + n]));
    }
    for (size_t n = s.columns; n < stride_c; n++) ASSERT_EQ(c[m * stride_c + n], 99) << "wrote beside the matrix";
  }
  EXPECT_LT(worst, 1e-5 * std::sqrt(static_cast<double>(s.depth)));
}

TEST(Matrix, ProductsOfEveryPath) {
  for (CpuPath path : available_cpu_paths()) {
    for (size_t rows = 1; rows <= 14; rows++) expect_product({rows, 37, 19}, path);
    for (size_t columns : {1, 7, 8, 16, 31, 32, 33, 64}) expect_product({13, columns, 10}, path);
    for (size_t depth : {1, 255, 256, 257, 600}) expect_product({25, 40, depth}, path);
    expect_product({499, 48, 64}, path);
  }
}

// A convolution: rows of A overlap.
TEST(Matrix, RowsMayOverlap) {
  const auto x = random_floats(100, 4), w = random_floats(5 * 10, 5);
  std::vector<float> c(19 * 5);
  Factor(w, 5).multiply(x.data(), 19, 5, c.data(), 5);
  for (size_t m = 0; m < 19; m++)
    for (size_t n = 0; n < 5; n++) {
      double sum = 0;
      for (size_t k = 0; k < 10; k++) sum += double{x[5 * m + k]} * w[10 * n + k];
      EXPECT_NEAR(sum, c[5 * m + n], 1e-5);
    }
}

TEST(Matrix, TransposedFactorAndThreads) {
  const auto a = random_floats(301 * 70, 6), b = random_floats(70 * 33, 7);  // b is [depth][columns]
  const Factor factor(b.data(), 33, 70, 1, 33);
  std::vector<float> one(301 * 33), all(301 * 33);
  factor.multiply(a.data(), 301, 70, one.data(), 33);
  factor.multiply_parallel(a.data(), 301, 70, all.data(), 33);
  EXPECT_EQ(one, all);
  double sum = 0;
  for (size_t k = 0; k < 70; k++) sum += double{a[300 * 70 + k]} * b[k * 33 + 32];
  EXPECT_NEAR(sum, one.back(), 1e-5);
}

}  // namespace
}  // namespace sotto::judge::teacher
