// SPDX-License-Identifier: Apache-2.0
// Numbers in the lanes' form for the kernels of kernels/vm_round_ifma.cpp.
#include "base/check.h"
#include "claim/prover/vm_kernel.h"
#include "zk/field/ifma.h"
#include "zk/poly/kernels/vector_ifma.h"

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

LaneScalar lane_scalar(const Fr& v) { return limbs(kTwo4 * v); }  // v 2^260 mod p

VmLaneConstants lane_constants(const Shape& shape, const Challenges& challenges) {
  VmLaneConstants c;
  const Fr limb(uint64_t{1} << shape.limb_bits), range = limb * limb;
  const LookupChallenges<Fr> lookup = challenges.lookup();
  c.one = lane_scalar(Fr::one());
  c.m = lane_scalar(range * range);
  for (unsigned i = 0; i < kTableIdEnd; i++) c.base[i] = lane_scalar(lookup.base[i]);
  for (unsigned i = 0; i < 2; i++) c.beta[i] = lane_scalar(lookup.beta[i]);
  for (unsigned i = 0; i <= kTermZero; i++) c.alpha[i] = lane_scalar(challenges.alpha[i]);
  return c;
}

class VectorKernel : public VmKernel {
 public:
  VectorKernel(const Shape& shape, const Challenges& challenges)
      : coefficients_(form_coefficients(shape, challenges)), constants_(lane_constants(shape, challenges)) {
    bind({});
  }
  void bind(PointSpan u) override {
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
  void slot_round(VmLaneRows rows, const VmLaneWeights& weights, Op op, size_t groups, VmLaneSums& out) const override {
    vm_slot_round_ifma(with_forms(rows), weights, constants_, op, groups, out);
  }
  void write_forms(VmLaneRows rows, size_t groups, Fr* const* out) const override {
    vm_write_forms_ifma(with_forms(rows), groups, out);
  }
  void bind_table(Fr* rows, const Fr& x, size_t groups) const override { zk::bind_lowest_ifma(rows, x, groups, rows); }
  Fr table_scale() const override { return kTwo4; }  // v 2^260 instead of v 2^256

 private:
  VmLaneRows with_forms(VmLaneRows rows) const {
    if (rows.columns[0]) rows.forms = &forms_;
    return rows;
  }
  VmFormCoefficients coefficients_;
  VmLaneConstants constants_;
  std::vector<LaneTerm> terms_;
  VmLaneFormTerms forms_;
};

}  // namespace

std::unique_ptr<VmKernel> make_vector_kernel(const Shape& shape, const Challenges& challenges) {
  return std::make_unique<VectorKernel>(shape, challenges);
}

}  // namespace sotto::claim
