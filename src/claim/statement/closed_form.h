// SPDX-License-Identifier: Apache-2.0
// The public weights of the statement as functions of the point u: what the verifier evaluates in O(bits) where the prover has
// tables (prover/weights.h). A test compares the two.
#pragma once
#include "claim/statement/challenges.h"

namespace sotto::claim {


// eq(., tau) restricted to a region, at u. Exactly zero outside the region on the hypercube.
struct Regions {
  Fr vm;      // k < K, t < T
  Fr log;     // band < bands, frame < frames
  Fr conv;    // all layers: channel < channels, frame < frames
  Fr score;   // one row
  Fr tables;  // the public tables
  Fr song;    // the song's private table
  Fr boolean; // flags and selectors
  Fr forward; // selectors of the same or a later slot
};
Regions regions_at(const Shape& s, const Layout& l, PointSpan tau, PointSpan u);

// The public evaluations of the weight column that a proof carries, in order: spectrum d = 0, 1 and bias, mel, then per layer
// d = 0, 1 and bias, then head mean and square.
size_t claim_count(const Shape& s);
enum Claim : unsigned { kClaimDft0, kClaimDft1, kClaimDftBias, kClaimMel, kClaimConv };  // then 3 per layer, then 2
// The points at which they are evaluated, n coordinates each.
std::vector<Point> claim_points(const Shape& s, const Layout& l, const Challenges& c, PointSpan u);

// Weights of the linear relations: sum_x [ sum_col linear[col](x) col(x) + v1v2 V1 V2 + d_squared D^2 + out_squared out^2 ] = constant.
struct Weights {
  Fr linear[kColumnCount];
  Fr v1v2, d_squared, out_squared;
};
Weights weights_at(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, std::span<const Fr> claims);
// bias_claims are read from `claims` (kClaimDftBias and the layers').
Fr relation_constant(const Shape& s, const Layout& l, const Challenges& c, std::span<const Fr> claims, uint32_t score);

// Fingerprint of the table row at u, without gamma; table_out = Tout(u).
Fr table_at(const Shape& s, const Layout& l, const Challenges& c, PointSpan u, const Fr& table_out);
// id + beta * index on the rows of the song's table, 0 elsewhere, at u; gamma + beta^2 Prog(u) is added by the caller.
Fr song_table_index_at(const Shape& s, const Layout& l, const Challenges& c, PointSpan u);

// Weight of the deferred check's <Prog, w_P> at x*, where u is the point of the main sumcheck: w_P(op, k) = c_op eq(k, u_k)
// on data rows. (That of <Z1, w_g> is zk::LibraMask::weight_at.)
Fr program_weight_at(const Shape& s, PointSpan u, PointSpan x, std::span<const Fr> c_op);

}  // namespace sotto::claim
