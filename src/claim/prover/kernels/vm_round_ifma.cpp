// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/kernels/vm_round_ifma.h"

#if defined(__AVX512IFMA__) || defined(SOTTO_EMULATE_AVX512)
#include "claim/prover/kernels/lane_rows.h"
#include "claim/prover/row_sum.h"

namespace sotto::claim {
namespace {

using namespace lanes;

// 8 elements at a distance of 2^shift.
Eight load_strided(const Fr* from, unsigned shift) {
  const __m512i at = _mm512_slli_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), static_cast<unsigned>(shift + 2));
  EightWords w;
  for (int i = 0; i < 4; i++) w.v[i] = _mm512_i64gather_epi64(at, reinterpret_cast<const long long*>(from) + i, 8);
  return unpack(w);
}
// Bound rows `at`, `at` + 2^stride_bits, .. of every form; below 1.01 p.
void load_forms(const VmLaneRows& rows, size_t at, unsigned stride_bits, Eight* out) {
  const VmLaneFormTerms& f = *rows.forms;
  __m512i columns[kVmColumnCount << kMaxBound];
  load_columns(rows, at, stride_bits, columns);
  for (unsigned form = 0; form < kVmColumnForms; form++) out[form] = linear_form(f, form, columns);
  for (unsigned h = 0; h < 3; h++) {
    FrLanes sum;
    for (unsigned b = 0; b < 1u << f.bound; b++)
      sum += FrLanes(load_strided(rows.helpers[h] + (at << f.bound) + b, f.bound + stride_bits)) * broadcast(f.eq[b]);
    // Up to eight products below 1.2 p; one more product brings them below 1.3 p.
    out[kFormHelper1 + h] = canonical<Fr>((sum * FrLanes(F::kOne)).e);
  }
}

RowSumConstants<FrLanes> row_sum_constants(const VmLaneConstants& c) {
  RowSumConstants<FrLanes> all;
  all.one = broadcast(c.one), all.m = broadcast(c.m);
  for (unsigned i = 0; i < kTableIdEnd; i++) all.base[i] = broadcast(c.base[i]);
  for (unsigned i = 0; i < 2; i++) all.beta[i] = broadcast(c.beta[i]);
  for (unsigned i = 0; i <= kTermZero; i++) all.alpha[i] = broadcast(c.alpha[i]);
  return all;
}

// value, value + step, .. with step in [0, p).
struct LaneLine {
  FrLanes value, step;
  LaneLine() = default;
  LaneLine(const Eight& lo, const Eight& hi) : value(lo) {
    step = FrLanes(canonical<Fr>(carry(add_sub_raw(hi, F::kP2, lo))));
  }
  void next() { value += step; }
};
LaneLine weight(const Fr* from, size_t pair) {
  const EightPairs p = load_pairs(from + 2 * pair);
  return {p.even, p.odd};
}

}  // namespace

void vm_slot_round_ifma(const VmLaneRows& rows, const VmLaneWeights& weights, const VmLaneConstants& constants, Op op, size_t groups,
                        VmLaneSums& out) {
  const RowSumConstants<FrLanes> c = row_sum_constants(constants);
  const RowSum<FrLanes> row_sum = row_sum_of<FrLanes>(op);
  FrLanes sums[kDegree + 1], quadratic[VmLaneSums::kQuadraticCount][3];
  for (size_t g = 0; g < groups; g++) {
    const size_t pair = 8 * g;
    FrLanes v[kVmFormCount], step[kVmFormCount];
    if (rows.forms) {
      Eight lo[kVmFormCount], hi[kVmFormCount];
      load_forms(rows, 2 * pair, 1, lo);
      load_forms(rows, 2 * pair + 1, 1, hi);
      for (unsigned f = 0; f < kVmFormCount; f++) {
        const LaneLine line(lo[f], hi[f]);
        v[f] = line.value, step[f] = line.step;
      }
    } else {
      for (unsigned f = 0; f < kVmFormCount; f++) {
        const LaneLine line = weight(rows.tables[f], pair);
        v[f] = line.value, step[f] = line.step;
      }
    }
    LaneLine eq, operand = weight(weights.operand, pair), indicator = weight(weights.indicator, pair), sample;
    if (weights.sample) sample = weight(weights.sample, pair);
    if (weights.eq_by_pair)
      eq.value = FrLanes(load8(weights.eq + pair));
    else
      eq = weight(weights.eq, pair);
    for (unsigned x = 0; x <= kDegree; x++) {
      if (weights.points >> x & 1) sums[x] += eq.value * row_sum(v, c);
      if (x <= 2) {
        quadratic[VmLaneSums::kOperands][x] += operand.value * v[kFormOperandSum];
        quadratic[VmLaneSums::kResults][x] += operand.value * v[kFormResult];
        quadratic[VmLaneSums::kHelpers][x] += indicator.value * (v[kFormHelper1] + v[kFormHelper2] + v[kFormHelperL]);
        if (weights.sample) quadratic[VmLaneSums::kSamples][x] += sample.value * v[kFormSample];
        operand.next(), indicator.next(), sample.next();
      }
      if (weights.points >> x == 1) break;  // the last one
      if (!weights.eq_by_pair) eq.next();
      for (unsigned f = 0; f < kVmFormCount; f++) v[f] += step[f];
    }
    if (weights.eq_by_pair) sums[kDegree - 1] += eq.value * leading_sum_of(step, c.alpha);
  }
  for (unsigned x = 0; x <= kDegree; x++) out.constraints[x] = words_of_lanes(sums[x]);
  for (unsigned q = 0; q < VmLaneSums::kQuadraticCount; q++)
    for (unsigned x = 0; x <= 2; x++) out.quadratic[q][x] = words_of_lanes(quadratic[q][x]);
}

void vm_write_forms_ifma(const VmLaneRows& rows, size_t groups, Fr* const* out) {
  for (size_t g = 0; g < groups; g++) {
    Eight v[kVmFormCount];
    load_forms(rows, 8 * g, 0, v);
    for (unsigned f = 0; f < kVmFormCount; f++) store8(v[f], out[f] + 8 * g);
  }
}

}  // namespace sotto::claim
#else
#include "base/check.h"

namespace sotto::claim {
void vm_slot_round_ifma(const VmLaneRows&, const VmLaneWeights&, const VmLaneConstants&, Op, size_t, VmLaneSums&) { SOTTO_CHECK(false); }
void vm_write_forms_ifma(const VmLaneRows&, size_t, Fr* const*) { SOTTO_CHECK(false); }
}  // namespace sotto::claim
#endif
