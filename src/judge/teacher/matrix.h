// SPDX-License-Identifier: Apache-2.0
// Products of single-precision matrices, C = A B^T + bias, without a BLAS: portable, AVX2 + FMA and AVX-512 twins.
// Each entry is summed in one order, so a path gives the same bits for every number of threads; paths differ in the
// last bits.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "base/cpu_path.h"

namespace sotto::judge::teacher {

// B, and a bias to be added, made ready: panels of columns, padded with zeros.
class Factor {
 public:
  // B[n][k] = data[n * stride_n + k * stride_k]. An empty bias is zero.
  Factor(const float* data, size_t columns, size_t depth, size_t stride_n, size_t stride_k,
         std::span<const float> bias = {}, CpuPath path = default_cpu_path());
  // B in the layout of a linear layer, [columns][depth].
  Factor(std::span<const float> weights, size_t columns, std::span<const float> bias = {},
         CpuPath path = default_cpu_path())
      : Factor(weights.data(), columns, weights.size() / columns, weights.size() / columns, 1, bias, path) {}

  size_t columns() const { return columns_; }
  size_t depth() const { return depth_; }

  // C[m][n] = sum_k A[m][k] B[n][k] + bias[n] for m < rows, with A[m][k] = a[m * stride_a + k] and
  // C[m][n] = c[m * stride_c + n]. Rows of A may overlap: that is how a convolution is one product.
  void multiply(const float* a, size_t rows, size_t stride_a, float* c, size_t stride_c) const;           // one thread
  void multiply_parallel(const float* a, size_t rows, size_t stride_a, float* c, size_t stride_c) const;  // all of them

 private:
  size_t columns_, depth_;
  CpuPath path_;
  std::vector<float> panels_;  // [panel][k][column of the panel]
  std::vector<float> bias_;    // padded
};

}  // namespace sotto::judge::teacher
