// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/kernels/vm_round_ifma.h"

#if defined(__AVX512IFMA__)
#include "zk/field/fr_lanes.h"

namespace sotto::claim {
namespace {

using zk::FrLanes;
using namespace zk::ifma;
using F = zk::ifma::Constants<Fr>;

FrLanes lanes(const LaneScalar& s) { return FrLanes(Limbs52{{s.limb[0], s.limb[1], s.limb[2], s.limb[3], s.limb[4]}}); }

// 16 neighbouring elements: the even and the odd ones.
struct Pairs {
  Eight even, odd;
};
Pairs load_pairs(const Fr* from) {
  __m512i r[8];
  for (int i = 0; i < 8; i++) r[i] = _mm512_loadu_si512(from + 2 * i);
  transpose(r);
  return {unpack({{r[0], r[1], r[2], r[3]}}), unpack({{r[4], r[5], r[6], r[7]}})};
}
// 8 elements at a distance of 2^shift.
Eight load_strided(const Fr* from, unsigned shift) {
  const __m512i at = _mm512_slli_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), static_cast<unsigned>(shift + 2));
  EightWords w;
  for (int i = 0; i < 4; i++) w.v[i] = _mm512_i64gather_epi64(at, reinterpret_cast<const long long*>(from) + i, 8);
  return unpack(w);
}
void store(const Eight& a, Fr* to) {
  const EightWords w = pack(a);
  __m512i r[8] = {w.v[0], w.v[1], w.v[2], w.v[3], w.v[0], w.v[1], w.v[2], w.v[3]};
  transpose(r);
  for (int k = 0; k < 8; k++) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + k), _mm512_castsi512_si256(r[k]));
}

// The columns of bound rows `at`, `at` + stride, ..: entry c + kVmColumnCount * b is column c of their row b.
void load_columns(const VmLaneRows& rows, size_t at, unsigned shift, __m512i* out) {
  const __m256i index = _mm256_slli_epi32(_mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0), static_cast<int>(shift));
  for (unsigned b = 0; b < 1u << rows.forms->bound; b++)
    for (unsigned c = 0; c < kVmColumnCount; c++) {
      const auto* from = reinterpret_cast<const int*>(rows.columns[c] + at + b);
      out[c + kVmColumnCount * b] = _mm512_cvtepu32_epi64(_mm256_i32gather_epi32(from, index, 4));
    }
}

// sum of coefficient * column, below (1 + 2^-13) p. Coefficients are v 2^312: one Montgomery step by 2^52 makes v 2^260 of them.
// A term adds two halves below 2^52 to a lane: it holds 2^11 terms.
Eight linear_form(const LaneTerm* begin, const LaneTerm* end, const __m512i* columns) {
  __m512i t[6];
  for (int j = 0; j < 6; j++) t[j] = _mm512_setzero_si512();
  for (const LaneTerm* term = begin; term != end; term++)
    for (int j = 0; j < 5; j++) {
      const __m512i c = all(term->coefficient.limb[j]);
      t[j] = _mm512_madd52lo_epu64(t[j], columns[term->column], c);
      t[j + 1] = _mm512_madd52hi_epu64(t[j + 1], columns[term->column], c);
    }
  const __m512i q = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[0], all(F::kInv));
  for (int j = 0; j < 5; j++) {
    t[j] = _mm512_madd52lo_epu64(t[j], q, all(F::kP.v[j]));
    t[j + 1] = _mm512_madd52hi_epu64(t[j + 1], q, all(F::kP.v[j]));
  }
  t[1] = _mm512_add_epi64(t[1], _mm512_srli_epi64(t[0], 52));
  return carry({{t[1], t[2], t[3], t[4], t[5]}});
}

// [0, 3 p) to [0, p), or a little above.
Eight canonical(const Eight& a) { return subtract_if_not_less(subtract_if_not_less(a, F::kP2), F::kP); }

// Bound rows `at`, `at` + stride, .. of every form; below 1.01 p.
void load_forms(const VmLaneRows& rows, size_t at, unsigned stride_bits, Eight* out) {
  const VmLaneForms& f = *rows.forms;
  const size_t first = at << f.bound;
  const unsigned shift = f.bound + stride_bits;
  __m512i columns[kVmColumnCount << kMaxBound];
  load_columns(rows, first, shift, columns);
  for (unsigned form = 0; form < kVmColumnForms; form++)
    out[form] = linear_form(f.terms + f.first[form], f.terms + f.first[form + 1], columns);
  for (unsigned h = 0; h < 3; h++) {
    FrLanes sum;
    for (unsigned b = 0; b < 1u << f.bound; b++)
      sum += FrLanes(load_strided(rows.helpers[h] + first + b, shift)) * lanes(f.eq[b]);
    // Up to eight products below 1.2 p; one more product brings them below 1.3 p.
    out[kFormHelper1 + h] = canonical((sum * FrLanes(F::kOne)).e);
  }
}

struct Prepared {
  FrLanes one, m, base[10], alpha[kTermZero + 1];
  explicit Prepared(const VmLaneConstants& c) : one(lanes(c.one)), m(lanes(c.m)) {
    for (unsigned i = 0; i < 10; i++) base[i] = lanes(c.base[i]);
    for (unsigned i = 0; i <= kTermZero; i++) alpha[i] = lanes(c.alpha[i]);
  }
};

template <Op kOp>
[[gnu::noinline]] FrLanes row_sum(const FrLanes* v, const Prepared& c) {
  const FrLanes sum = machine_sum_of(v, c.base, c.one, c.alpha);
  return sum + operation_sum(kOp, words_of(v), Constants<FrLanes>{c.one, c.m}, c.alpha);
}
using RowSum = FrLanes (*)(const FrLanes*, const Prepared&);
template <unsigned... kOps>
RowSum row_sum_of(Op op, std::integer_sequence<unsigned, kOps...>) {
  static constexpr RowSum kSums[] = {row_sum<static_cast<Op>(kOps)>...};
  return kSums[static_cast<unsigned>(op)];
}

// The lanes in [0, p); v < 84 p.
LaneWords words_of_lanes(const FrLanes& v) {
  const EightWords w = pack(canonical((v * FrLanes(F::kOne)).e));
  LaneWords out;
  for (int i = 0; i < 4; i++) _mm512_storeu_si512(out.word[i], w.v[i]);
  return out;
}

// value, value + step, .. with step in [0, p).
struct LaneLine {
  FrLanes value, step;
  LaneLine() = default;
  LaneLine(const Eight& lo, const Eight& hi) : value(lo) {
    step = FrLanes(canonical(carry(add_sub_raw(hi, F::kP2, lo))));
  }
  void next() { value += step; }
};
LaneLine weight(const Fr* from, size_t pair) {
  const Pairs p = load_pairs(from + 2 * pair);
  return {p.even, p.odd};
}

}  // namespace

void vm_slot_round_ifma(const VmLaneRows& rows, const VmLaneWeights& weights, const VmLaneConstants& constants, Op op, size_t groups,
                        VmLaneSums& out) {
  const Prepared c(constants);
  const RowSum row_sum = row_sum_of(op, std::make_integer_sequence<unsigned, sound::kOpCount>());
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
    LaneLine eq = weight(weights.eq, pair), operand = weight(weights.operand, pair), indicator = weight(weights.indicator, pair), sample;
    if (weights.sample) sample = weight(weights.sample, pair);
    for (unsigned x = 0; x <= kDegree; x++) {
      sums[x] += eq.value * row_sum(v, c);
      if (x <= 2) {
        quadratic[VmLaneSums::kOperands][x] += operand.value * v[kFormOperandSum];
        quadratic[VmLaneSums::kResults][x] += operand.value * v[kFormResult];
        quadratic[VmLaneSums::kHelpers][x] += indicator.value * (v[kFormHelper1] + v[kFormHelper2] + v[kFormHelperL]);
        if (weights.sample) quadratic[VmLaneSums::kSamples][x] += sample.value * v[kFormSample];
        operand.next(), indicator.next(), sample.next();
      }
      eq.next();
      for (unsigned f = 0; f < kVmFormCount; f++) v[f] += step[f];
    }
  }
  for (unsigned x = 0; x <= kDegree; x++) out.constraints[x] = words_of_lanes(sums[x]);
  for (unsigned q = 0; q < VmLaneSums::kQuadraticCount; q++)
    for (unsigned x = 0; x <= 2; x++) out.quadratic[q][x] = words_of_lanes(quadratic[q][x]);
}

void vm_write_forms_ifma(const VmLaneRows& rows, size_t groups, Fr* const* out) {
  for (size_t g = 0; g < groups; g++) {
    Eight v[kVmFormCount];
    load_forms(rows, 8 * g, 0, v);
    for (unsigned f = 0; f < kVmFormCount; f++) store(v[f], out[f] + 8 * g);
  }
}

void vm_bind_table_ifma(const Fr* in, const LaneScalar& x, size_t groups, Fr* out) {
  const FrLanes at = lanes(x);
  for (size_t g = 0; g < groups; g++) {
    const Pairs p = load_pairs(in + 16 * g);
    const FrLanes d(carry(add_sub_raw(p.odd, F::kP2, p.even)));
    store(canonical(add((at * d).e, p.even)), out + 8 * g);
  }
}

}  // namespace sotto::claim
#else
#include "base/check.h"

namespace sotto::claim {
void vm_slot_round_ifma(const VmLaneRows&, const VmLaneWeights&, const VmLaneConstants&, Op, size_t, VmLaneSums&) { SOTTO_CHECK(false); }
void vm_write_forms_ifma(const VmLaneRows&, size_t, Fr* const*) { SOTTO_CHECK(false); }
void vm_bind_table_ifma(const Fr*, const LaneScalar&, size_t, Fr*) { SOTTO_CHECK(false); }
}  // namespace sotto::claim
#endif
