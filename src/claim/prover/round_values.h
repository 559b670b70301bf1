// SPDX-License-Identifier: Apache-2.0
// A round polynomial of the main sumcheck as its values at 0, 1, .., degree.
#pragma once
#include <array>
#include <span>

#include "claim/statement/challenges.h"

namespace sotto::claim {

using RoundValues = std::array<Fr, kDegree + 1>;

// From the values of a polynomial at 0 .. d, where d <= kDegree is its degree.
RoundValues extended(std::span<const Fr> values);

// Coefficients from values at 0 .. degree (Newton's divided differences over consecutive integers).
std::array<Fr, kDegree + 1> round_coefficients(const RoundValues& values);

}  // namespace sotto::claim
