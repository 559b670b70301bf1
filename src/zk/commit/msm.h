// SPDX-License-Identifier: Apache-2.0
// Multi-scalar multiplication sum_i k_i P_i: Pippenger buckets, with the number of windows cut to the size of the scalars.
#pragma once
#include <cstdint>
#include <span>

#include "zk/curve/g1.h"

namespace sotto::zk {

// All of these use points[0 .. scalars.size()); points.size() >= scalars.size(). Deterministic; two threads by parallel_for.
G1 msm(std::span<const G1Affine> points, std::span<const Fr> scalars);
// Scalars below 2^32; cost follows the largest one. Zero scalars are almost free.
G1 msm_u32(std::span<const G1Affine> points, std::span<const uint32_t> scalars);
// Signed 64-bit scalars (network activations and the like).
G1 msm_i64(std::span<const G1Affine> points, std::span<const int64_t> scalars);
// The slow twin.
G1 msm_naive(std::span<const G1Affine> points, std::span<const Fr> scalars);

}  // namespace sotto::zk
