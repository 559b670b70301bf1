// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/vm_kernel.h"

namespace sotto::claim {

Fr total(const LaneWords& w) {
  Fr sum;
  for (unsigned l = 0; l < 8; l++) sum += Fr::raw({w.word[0][l], w.word[1][l], w.word[2][l], w.word[3][l]});
  return sum;
}

// The coefficients of a linear form are its values at the unit vectors.
VmFormCoefficients form_coefficients(const Shape& shape, const Challenges& challenges) {
  const Fr limb(uint64_t{1} << shape.limb_bits), range = limb * limb;
  const LookupChallenges<Fr> lookup = challenges.lookup();
  VmFormCoefficients out;
  for (unsigned c = 0; c < kVmColumnCount; c++) {
    Fr value[kVmColumnForms];
    vm_column_forms(
        limb, range, lookup, challenges.chi, [c](unsigned i) { return i == c ? Fr::one() : Fr::zero(); }, value);
    for (unsigned f = 0; f < kVmColumnForms; f++) out[f][c] = value[f];
  }
  return out;
}

}  // namespace sotto::claim
