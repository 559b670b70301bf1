// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/vm_lane_forms.h"

#include "base/check.h"
#include "zk/field/ifma.h"

namespace sotto::claim {
namespace {

constexpr Fr kTwo4 = Fr(uint64_t{1} << 4), kTwo8 = Fr(uint64_t{1} << 8), kTwo52 = Fr(uint64_t{1} << 52);

#if SOTTO_HAS_IFMA
LaneScalar limbs(const Fr& v) {
  const zk::ifma::Limbs52 l = zk::ifma::to_limbs52(v.montgomery());
  return {{l.v[0], l.v[1], l.v[2], l.v[3], l.v[4]}};
}
#else
LaneScalar limbs(const Fr&) { SOTTO_CHECK(false); }
#endif

}  // namespace

LaneScalar lane_scalar(const Fr& v) { return limbs(kTwo4 * v); }

Fr total(const LaneWords& w) {
  Fr sum;
  for (unsigned l = 0; l < 8; l++) sum += Fr::raw({w.word[0][l], w.word[1][l], w.word[2][l], w.word[3][l]});
  return sum;
}

// The coefficients of a linear form are its values at the unit vectors.
VmLaneForms::VmLaneForms(const Shape& shape, const Challenges& challenges) {
  const Fr limb(uint64_t{1} << shape.limb_bits), range = limb * limb;
  const LookupChallenges<Fr> lookup = challenges.lookup();
  for (auto& c : coefficients_) c.resize(kVmColumnCount);
  for (unsigned c = 0; c < kVmColumnCount; c++) {
    Fr value[kVmColumnForms];
    vm_column_forms(limb, range, lookup, challenges.chi, [c](unsigned i) { return i == c ? Fr::one() : Fr::zero(); }, value);
    for (unsigned f = 0; f < kVmColumnForms; f++) coefficients_[f][c] = value[f];
  }
  bind({});
}

void VmLaneForms::bind(PointSpan u) {
  SOTTO_CHECK(u.size() <= kMaxBound);
  const std::vector<Fr> eq = zk::eq_table(u);
  terms_.clear();
  for (unsigned f = 0; f < kVmColumnForms; f++) {
    forms_.first[f] = static_cast<uint32_t>(terms_.size());
    for (unsigned c = 0; c < kVmColumnCount; c++)
      for (unsigned b = 0; b < eq.size() && !coefficients_[f][c].is_zero(); b++)
        terms_.push_back({c + kVmColumnCount * b, limbs(kTwo4 * kTwo52 * coefficients_[f][c] * eq[b])});
  }
  forms_.first[kVmColumnForms] = static_cast<uint32_t>(terms_.size());
  forms_.terms = terms_.data();
  forms_.bound = static_cast<unsigned>(u.size());
  for (size_t b = 0; b < eq.size(); b++) forms_.eq[b] = limbs(kTwo8 * eq[b]);
}

}  // namespace sotto::claim
