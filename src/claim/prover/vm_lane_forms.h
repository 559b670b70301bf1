// SPDX-License-Identifier: Apache-2.0
// What the vector kernels need of the machine's linear forms: coefficients in the lanes' form, with bound variables folded in.
#pragma once
#include "claim/prover/kernels/vm_round_ifma.h"
#include "claim/statement/challenges.h"

namespace sotto::claim {

LaneScalar lane_scalar(const Fr& v);  // v 2^260 mod p
Fr total(const LaneWords& lanes);     // sum of eight results in Fr's form

class VmLaneForms {
 public:
  VmLaneForms(const Shape& shape, const Challenges& challenges);
  // Bound rows from now on are sum_b eq(b, u) row_b. Requires |u| <= kMaxBound.
  void bind(PointSpan u);
  const VmLaneFormTerms& terms() const { return forms_; }

 private:
  std::vector<Fr> coefficients_[kVmColumnForms];  // by column
  std::vector<LaneTerm> terms_;
  VmLaneFormTerms forms_;
};

}  // namespace sotto::claim
