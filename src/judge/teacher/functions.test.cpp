// SPDX-License-Identifier: Apache-2.0
// Every path of every function against the C library in double precision.
#include "judge/teacher/functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace sotto::judge::teacher {
namespace {

TEST(Functions, GeluOfEveryPath) {
  std::vector<float> points = {0, -0.0f, 1e-30f, -1e-30f, 100, -100, 1e30f, -1e30f};
  for (int i = -4000; i <= 4000; i++) points.push_back(static_cast<float>(i) / 400);
  for (CpuPath path : available_cpu_paths()) {
    std::vector<float> y = points;
    gelu(y, path);
    for (size_t i = 0; i < y.size(); i++) {
      const double x = points[i], wanted = x * 0.5 * std::erfc(-x / std::sqrt(2.0));
      ASSERT_NEAR(y[i], wanted, 1e-6 * (1 + std::abs(x))) << x << " " << cpu_path_name(path);
    }
  }
}

TEST(Functions, SoftmaxOfEveryPath) {
  for (CpuPath path : available_cpu_paths())
    for (size_t n : {1, 2, 15, 16, 17, 499}) {
      std::vector<float> x(n), bias(n);
      for (size_t i = 0; i < n; i++) {
        x[i] = 20 * std::sin(static_cast<float>(3 * i * i));
        bias[i] = std::cos(static_cast<float>(i));
      }
      double total = 0;
      for (size_t i = 0; i < n; i++) total += std::exp(double{x[i]} + 1.5 * bias[i]);
      std::vector<float> y = x;
      gated_softmax(y, 1.5f, bias.data(), path);
      for (size_t i = 0; i < n; i++) ASSERT_NEAR(y[i], std::exp(double{x[i]} + 1.5 * bias[i]) / total, 1e-6);
    }
  std::vector<float> far = {1000, -1000}, none = {0, 0};  // no overflow
  gated_softmax(far, 1, none.data());
  EXPECT_EQ(far[0], 1);
  EXPECT_LT(far[1], 1e-30f);
}

TEST(Functions, LayerNormOfRows) {
  const std::vector<float> weight = {1, 2, 3, 4}, bias = {0, 0, 10, 0};
  std::vector<float> x = {1, 2, 3, 4, 1000, 1000, 1000, 1000};
  layer_norm(x, weight, bias);
  const float s = 1 / std::sqrt(1.25f + kNormEpsilon);
  const std::vector<float> wanted = {-1.5f * s, -1.0f * s, 10 + 1.5f * s, 6.0f * s, 0, 0, 10, 0};
  for (size_t i = 0; i < x.size(); i++) EXPECT_NEAR(x[i], wanted[i], 1e-5);
}

}  // namespace
}  // namespace sotto::judge::teacher
