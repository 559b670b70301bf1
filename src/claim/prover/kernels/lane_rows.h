// SPDX-License-Identifier: Apache-2.0
// Loading and storing for the machine's vector kernels; only for files that are compiled for AVX-512 IFMA (fr_lanes.h).
#pragma once
#include "claim/prover/kernels/vm_lanes.h"
#include "zk/field/fr_lanes.h"

namespace sotto::claim::lanes {

using zk::FrLanes;
using namespace zk::ifma;
using F = zk::ifma::Constants<Fr>;

// Names end in Lanes where a function could end up shared between files (tools/check_kernels.py).
static inline FrLanes broadcast(const LaneScalar& s) { return FrLanes(Limbs52{{s.limb[0], s.limb[1], s.limb[2], s.limb[3], s.limb[4]}}); }

// The lanes in [0, p); v < 84 p.
static inline LaneWords words_of_lanes(const FrLanes& v) {
  const EightWords w = pack(canonical<Fr>((v * FrLanes(F::kOne)).e));
  LaneWords out;
  for (int i = 0; i < 4; i++) _mm512_storeu_si512(out.word[i], w.v[i]);
  return out;
}
static inline FrLanes lanes_of_words(const LaneWords& v) {
  EightWords w;
  for (int i = 0; i < 4; i++) w.v[i] = _mm512_loadu_si512(v.word[i]);
  return FrLanes(unpack(w));
}

// The columns of bound rows `at`, `at` + 2^stride_bits, ..: entry c + kVmColumnCount * b is column c of their row b.
static inline void load_columns(const VmLaneRows& rows, size_t at, unsigned stride_bits, __m512i* out) {
  const unsigned bound = rows.forms->bound;
  const size_t first = at << bound;
  const __m256i index = _mm256_slli_epi32(_mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0), static_cast<int>(bound + stride_bits));
  for (unsigned b = 0; b < 1u << bound; b++)
    for (unsigned c = 0; c < kVmColumnCount; c++) {
      const auto* from = reinterpret_cast<const int*>(rows.columns[c] + first + b);
      out[c + kVmColumnCount * b] = _mm512_cvtepu32_epi64(_mm256_i32gather_epi32(from, index, 4));
    }
}

// sum of coefficient * column, below (1 + 2^-13) p. Coefficients are v 2^312: one Montgomery step by 2^52 makes v 2^260 of them.
// A term adds two halves below 2^52 to a lane: it holds 2^11 terms.
static inline Eight linear_form(const VmLaneFormTerms& forms, unsigned form, const __m512i* columns) {
  __m512i t[6];
  for (int j = 0; j < 6; j++) t[j] = _mm512_setzero_si512();
  for (uint32_t i = forms.first[form]; i < forms.first[form + 1]; i++) {
    const LaneTerm& term = forms.terms[i];
    for (int j = 0; j < 5; j++) {
      const __m512i c = all(term.coefficient.limb[j]);
      t[j] = _mm512_madd52lo_epu64(t[j], columns[term.column], c);
      t[j + 1] = _mm512_madd52hi_epu64(t[j + 1], columns[term.column], c);
    }
  }
  const __m512i q = _mm512_madd52lo_epu64(_mm512_setzero_si512(), t[0], all(F::kInv));
  for (int j = 0; j < 5; j++) {
    t[j] = _mm512_madd52lo_epu64(t[j], q, all(F::kP.v[j]));
    t[j + 1] = _mm512_madd52hi_epu64(t[j + 1], q, all(F::kP.v[j]));
  }
  t[1] = _mm512_add_epi64(t[1], _mm512_srli_epi64(t[0], 52));
  return carry({{t[1], t[2], t[3], t[4], t[5]}});
}

}  // namespace sotto::claim::lanes
