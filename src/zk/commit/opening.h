// SPDX-License-Identifier: Apache-2.0
// Opening of a multilinear polynomial at a point over a univariate KZG commitment: Gemini (eprint 2022/420, section 5) folding
// three variables a level, and Shplonk (eprint 2020/081, section 4) for all levels at once.
//
// The 2^n values of f are the coefficients of A_0(X). Level l splits A_l(X) = sum_{e<8} X^e A_l^(e)(X^8) and folds
//   A_{l+1}(Y) = sum_e eq(e; x_{3l}, x_{3l+1}, x_{3l+2}) A_l^(e)(Y),      l < L = levels(n),
// A_1 .. A_{L-1} are committed, A_L is sent in clear. With r_0 = r, r_{l+1} = r_l^8, the remainder of A_l modulo X^8 - r_l^8 is
//   I_l(X) = sum_e c_{l,e} X^e,   c_{l,e} = A_l^(e)(r_{l+1}),
// so the prover sends the eight c_{l,e} themselves instead of eight evaluations, and the folding identity reads
//   A_{l+1}(r_{l+1}) = I_{l+1}(r_{l+1}) = sum_e eq(e; x) c_{l,e},
// from which c_{l+1,0} is derived. No roots of unity and no inverse of r are needed. Shplonk proves A_l = I_l mod X^8 - r_l^8.
// Coefficients of A_0 above 2^n contradict the clear polynomial (docs/protocol.md), so no degree check is needed.
#pragma once
#include <functional>

#include "zk/commit/srs.h"
#include "zk/transcript/transcript.h"

namespace sotto::zk {

// L: the clear polynomial has 2^(n - 3L) <= 16 coefficients.
constexpr unsigned opening_levels(unsigned log_n) { return (log_n - 4 + 2) / 3; }
constexpr unsigned clear_size(unsigned log_n) { return 1u << (log_n - 3 * opening_levels(log_n)); }
// Fold commitments and clear coefficients; remainders, 8 and then 7 per level; Q and W.
constexpr size_t opening_bytes(unsigned log_n) {
  const size_t levels = opening_levels(log_n);
  return 64 * (levels - 1) + 32 * clear_size(log_n) + 32 * (8 + 7 * (levels - 1)) + 2 * 64;
}

struct MsmTerm {
  Fr scalar;
  G1Affine point;
};

// Proves that the extension of `values` (zero past their end) takes its value at `point`; the verifier must already
// know the value. `progress` hears the share that is done, four times; false from it ends the work, and is the answer then.
bool prove_opening(ProverTranscript& transcript, const Srs& srs, std::vector<Fr> values, PointSpan point,
                   const std::function<bool(double)>& progress = {});

// Reads the opening from the transcript and checks it against the commitment sum(terms). Returns nullptr on success, else
// the name of the failed check.
const char* check_opening(VerifierTranscript& transcript, unsigned log_n, PointSpan point, const Fr& value,
                          std::vector<MsmTerm> terms, const G2Affine& tau_g2);

}  // namespace sotto::zk
