// SPDX-License-Identifier: Apache-2.0
// The teacher's functions that are not products: GELU, softmax, norms. GELU and softmax have AVX2 and AVX-512 twins.
// Long inputs of GELU and of the norm are shared between threads.
#pragma once
#include <cstddef>
#include <span>

#include "base/cpu_path.h"

namespace sotto::judge::teacher {

// x := x Φ(x) = x/2 (1 + erf(x / √2)), with an absolute error below 1e-6 (1 + |x|).
void gelu(std::span<float> x, CpuPath path = default_cpu_path());

// Softmax of x + gate * bias along one row, in place.
void gated_softmax(std::span<float> x, float gate, const float* bias, CpuPath path = default_cpu_path());

inline constexpr float kNormEpsilon = 1e-5f;
// Each row := (row - mean) / √(variance + ε) · weight + bias.
void layer_norm(std::span<float> x, std::span<const float> weight, std::span<const float> bias);

}  // namespace sotto::judge::teacher
