// SPDX-License-Identifier: Apache-2.0
// Opening of a multilinear polynomial at a point over a univariate KZG commitment: Mercury (eprint 2025/385), with the
// one division that is as long as the polynomial checked by a pairing with [tau^B]_2 instead of a second division.
//
// The values of f are the coefficients of f(X) = sum_{i, j} f[i B + j] X^(i B + j), B = 2^kFoldBits; the point is
// (l, u), l for the bits of j. Let <a, b> be the inner product of coefficients and
//   P_x(X) = sum_j eq(j; x) X^j,     E_alpha(X) = sum_{i < 2^|u|} alpha^i X^i.
//
//   h(Y) = sum_i <P_l, f[i B ..]> Y^i             the rows folded at l: value = <P_u, h>
//   f(X) = (X^B - alpha) q(X) + g(X), deg g < B   so h(alpha) = <E_alpha, h> = <P_l, g>: h is that fold
//   g(X) P_l(1/X) + h(X) (gamma P_u - E_alpha)(1/X) + (the same at 1/X) = 2 gamma value + X s(X) + s(1/X) / X
//                                                 both inner products in one
//   d(X) = X^(B-1) g(1/X)                         shows deg g < B
// The last two hold at a random zeta. g, h, s, d are opened at zeta and 1/zeta (Shplonk, eprint 2020/081, section 4):
// with p = g + nu h + nu^2 s + nu^3 d, the line r through its two values and Z(X) = (X - zeta)(X - 1/zeta),
//   p(X) - r(X) = Z(X) v(X),     w(X) = (p(X) - r(z) - Z(z) v(X)) / (X - z).
//
// The prover multiplies points by scalars as often as f has coefficients, once: everything but q has length about
// sqrt(2^n). Coefficients of f above 2^n have no place in h (docs/protocol.md), so no degree check of f is needed.
#pragma once
#include <functional>

#include "zk/commit/srs.h"
#include "zk/transcript/transcript.h"

namespace sotto::zk {

// Points, in order: h; q, g; s, d; v; w. Values: g, h at zeta and 1/zeta, s at zeta; what follows is not sent.
enum OpeningPoint : unsigned {
  kFoldedRows, kQuotient, kRemainder, kInnerProducts, kReversed, kPairQuotient, kWitness,
  kOpeningPoints
};
constexpr unsigned kOpeningValues = 5;
constexpr size_t kOpeningBytes = 64 * kOpeningPoints + 32 * kOpeningValues;

struct MsmTerm {
  Fr scalar;
  G1Affine point;
};

// Proves that the extension of `values` (not empty; zero past their end) takes its value at `point`, which has more
// than kFoldBits variables; the verifier must already know the value. `progress` hears the share that is done; false
// from it ends the work, and is the answer then.
bool prove_opening(ProverTranscript& transcript, const Srs& srs, std::vector<Fr> values, PointSpan point,
                   const std::function<bool(double)>& progress = {});

// Reads the opening from the transcript and checks it against the commitment sum(terms). Returns nullptr on success,
// else the name of the failed check.
const char* check_opening(VerifierTranscript& transcript, PointSpan point, const Fr& value, std::vector<MsmTerm> terms,
                          const PowersG2& g2);

}  // namespace sotto::zk
