// SPDX-License-Identifier: Apache-2.0
// A round polynomial of the main sumcheck as its values at 0, 1, .., degree.
#pragma once
#include "claim/statement/challenges.h"
#include "zk/sumcheck/round_values.h"

namespace sotto::claim {

using RoundValues = std::array<Fr, kDegree + 1>;

// From the values of a polynomial at 0 .. d, where d <= kDegree is its degree.
inline RoundValues extended(std::span<const Fr> values) { return zk::extended<kDegree + 1>(values); }

}  // namespace sotto::claim
