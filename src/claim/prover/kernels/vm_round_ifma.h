// SPDX-License-Identifier: Apache-2.0
// The first rounds of the machine's sumcheck, eight pairs of rows at a time (AVX-512 IFMA). The slow twin is VmRounds. Only for
// machines where use_ifma() holds.
// A pair is two neighbouring bound rows (vm_lanes.h).
#pragma once
#include "claim/prover/kernels/vm_lanes.h"

namespace sotto::claim {

struct VmLaneConstants {
  LaneScalar one, m, base[kTableIdEnd], beta[2];
  LaneScalar alpha[kTermZero + 1];  // those of machine rows
};

// Weights by bound row in Fr's form; sample is null but for the last slot. eq is by pair instead where eq_by_pair is
// set: what is left of it when its line in the variable of this round is taken out. The constraints are of degree
// kDegree - 1 then, and in place of their value at kDegree - 1 the coefficient of X^(kDegree - 1) is wanted.
struct VmLaneWeights {
  const Fr *eq, *operand, *indicator, *sample;
  bool eq_by_pair = false;
  // Where the constraints are evaluated: bit x for the point x.
  unsigned points = (1u << (kDegree + 1)) - 1;
};

// Sums over pairs in Fr's form, at the points x: eq * constraints; the others are of degree 2, at 0, 1, 2.
struct VmLaneSums {
  enum Quadratic : unsigned { kOperands, kResults, kHelpers, kSamples, kQuadraticCount };
  LaneWords constraints[kDegree + 1], quadratic[kQuadraticCount][3];
};

// Pairs [0, 8 * groups) of a slot. The operation's flag is 1, all others are 0.
void vm_slot_round_ifma(const VmLaneRows& rows, const VmLaneWeights& weights, const VmLaneConstants& constants, Op op, size_t groups,
                        VmLaneSums& out);
// Writes bound rows [0, 8 * groups) to out[form]: tables for the rounds that follow.
void vm_write_forms_ifma(const VmLaneRows& rows, size_t groups, Fr* const* out);

}  // namespace sotto::claim
