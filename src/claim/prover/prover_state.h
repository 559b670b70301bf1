// SPDX-License-Identifier: Apache-2.0
// Everything that the prover has committed to, and the hooks through which attack tests change it.
#pragma once
#include <functional>
#include <optional>

#include "claim/prover/machine_sums.h"
#include "claim/prover/masks.h"
#include "claim/prover/proving_key.h"
#include "claim/witness/witness.h"
#include "zk/sumcheck/libra_mask.h"
#include "zk/transcript/transcript.h"

namespace sotto::claim {

struct ProverState {
  const ProvingKey* key = nullptr;
  Witness witness;
  Challenges challenges;
  // Random entries at the mask rows, per column (unused for kProg, kZ0, kZ1).
  std::array<std::array<Fr, kMaskRows>, kColumnCount> mask{};
  std::vector<Fr> program;           // kProg with masks, program_rows() entries
  std::vector<Fr> z0, z1;            // by index of z0_rows; by row
  std::vector<Fr> h[3];              // kH1, kH2, kHL of machine rows (kept_at)
  std::vector<Fr> hj, hf, ht, v1, v2;  // short phase-2 columns
  std::optional<MachineSums> sums;     // unless an attack may have changed a column
  std::vector<Fr> table_fingerprint;   // of the tables' rows, without gamma
  std::vector<Fr> table_inverse;       // 1 / (gamma + fingerprint) on the rows of the tables and of the song's table
  Fr mask_sum;                       // 2^(n-1) sum_i (g_i(0) + g_i(1))

  const Shape& shape() const { return key->shape; }
  const Layout& layout() const { return key->layout; }
  // The dense part of a short column (judge, kM, kProg, kHJ ..); not for machine columns.
  std::vector<Fr>& short_column(unsigned column);
  const std::vector<Fr>& short_column(unsigned column) const { return const_cast<ProverState*>(this)->short_column(column); }
  zk::LibraMask sumcheck_mask() const { return {z1, layout().log_n, kDegree}; }
};

// Where an attack may interfere. Honest proving uses none of it.
struct ProverHooks {
  std::function<void(Witness&)> witness;            // before the multiplicities are counted again and masks are drawn
  bool recount = true;                              // count lookups again after `witness`
  std::function<void(ProverState&)> before_phase1;  // everything of phase 1 is there, masks included
  std::function<void(ProverState&)> before_phase2;  // helpers and folded vectors are there
  std::function<void(ClaimStatement&)> statement;   // before it is absorbed
  std::function<uint32_t(uint32_t)> score;          // the score that is claimed and proved
  std::vector<Fr> frozen_challenges;                // replayed instead of drawn, when not empty

  // Whether every column is what an honest prover has.
  bool columns_untouched() const { return !witness && !before_phase1 && !before_phase2; }
};

// prove() with everything exposed; masks come from `masks`.
Result<Proven> prove_with(const ProvingKey& key, const sound::Program& program, const Target& target, const Progress& progress,
                          MaskSource& masks, const ProverHooks& hooks);

// Stages, in the order of prove_with.
void draw_masks(ProverState& state, MaskSource& masks);
zk::G1Affine commit_column(const ProverState& state, unsigned column);
void make_phase2(ProverState& state);
// Runs the rounds; returns the point u.
Point main_sumcheck(ProverState& state, zk::ProverTranscript& transcript, const std::function<bool(double)>& progress);
// Evaluation of every column but kZ1 at u, in column order.
std::vector<Fr> evaluate_columns(const ProverState& state, PointSpan u);
// sum_j lambda^j f_j over the evaluated columns and Tout, up to the last row in use.
std::vector<Fr> combine_columns(const ProverState& state, const Fr& lambda);

}  // namespace sotto::claim
