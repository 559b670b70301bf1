// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/kernels/vm_helpers_ifma.h"

#if defined(__AVX512IFMA__)
#include "claim/prover/kernels/lane_rows.h"

namespace sotto::claim {
namespace {

using namespace lanes;

enum Kept : unsigned { kBefore, kD1, kN1, kD2, kN2, kSongQ };

void keep(VmHelperChunk::Group& g, Kept what, const FrLanes& v) {
  for (int i = 0; i < 5; i++) _mm512_store_si512(&g.words[what][8 * i], v.e.v[i]);
}
FrLanes kept(const VmHelperChunk::Group& g, Kept what) {
  Eight a;
  for (int i = 0; i < 5; i++) a.v[i] = _mm512_load_si512(&g.words[what][8 * i]);
  return FrLanes(a);
}

// N and D of four denominators.
struct Fraction {
  FrLanes n, d;
  explicit Fraction(const FrLanes* q) {
    const FrLanes q01 = q[0] * q[1], q23 = q[2] * q[3];
    n = (q[0] + q[1]) * q23 + (q[2] + q[3]) * q01;
    d = q01 * q23;
  }
};

}  // namespace

LaneWords vm_multiply_denominators_ifma(VmHelperChunk& chunk) {
  FrLanes base[10], product(F::kOne);
  for (unsigned i = 0; i < 10; i++) base[i] = broadcast(chunk.base[i]);
  const VmLaneFormTerms& forms = *chunk.rows.forms;
  for (size_t i = 0; i < chunk.groups; i++) {
    __m512i columns[kVmColumnCount];
    load_columns(chunk.rows, 8 * i, 0, columns);
    auto q = [&](unsigned form, TableId id) { return FrLanes(linear_form(forms, form, columns)) + base[id]; };
    const FrLanes operands[4] = {q(kFormOperandA, kTableA), q(kFormOperandB1, kTableB), q(kFormOperandB2, kTableB), q(kFormOperandC, kTableC)};
    const FrLanes ranges[4] = {q(kFormRange0, kTableRange), q(kFormRange1, kTableRange), q(kFormRange2, kTableRange), q(kFormRange3, kTableRange)};
    const Fraction one(operands), two(ranges);
    VmHelperChunk::Group& g = chunk.scratch[i];
    keep(g, kBefore, product);
    keep(g, kD1, one.d), keep(g, kN1, one.n);
    keep(g, kD2, two.d), keep(g, kN2, two.n);
    product = product * (one.d * two.d);
    if (!chunk.lookup) continue;
    const FrLanes song = q(kFormSong, kTableSong);
    keep(g, kSongQ, song);
    product = product * song;
  }
  return words_of_lanes(product);
}

void vm_helpers_ifma(const VmHelperChunk& chunk, const LaneWords& inverse_words, Fr* const* h) {
  FrLanes inverse = lanes_of_words(inverse_words);  // 2^-4 / product in the lanes' form, so that results are in Fr's
  for (size_t i = chunk.groups; i-- > 0;) {
    const VmHelperChunk::Group& g = chunk.scratch[i];
    const FrLanes d1 = kept(g, kD1), d2 = kept(g, kD2), both = d1 * d2;
    FrLanes here = inverse * kept(g, kBefore);  // 1 / (d1 d2), or with LOOKUP 1 / (d1 d2 q)
    if (chunk.lookup) {
      const FrLanes song = kept(g, kSongQ);
      store8(canonical<Fr>((here * both).e), h[2] + 8 * i);
      here = here * song;
      inverse = inverse * (both * song);
    } else {
      inverse = inverse * both;
    }
    store8(canonical<Fr>((here * d2 * kept(g, kN1)).e), h[0] + 8 * i);
    store8(canonical<Fr>((here * d1 * kept(g, kN2)).e), h[1] + 8 * i);
  }
}

}  // namespace sotto::claim
#else
#include "base/check.h"

namespace sotto::claim {
LaneWords vm_multiply_denominators_ifma(VmHelperChunk&) { SOTTO_CHECK(false); }
void vm_helpers_ifma(const VmHelperChunk&, const LaneWords&, Fr* const*) { SOTTO_CHECK(false); }
}  // namespace sotto::claim
#endif
