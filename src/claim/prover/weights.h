// SPDX-License-Identifier: Apache-2.0
// The public weights as tables: the prover's side of statement/closed_form.h.
#pragma once
#include "claim/prover/proving_key.h"

namespace sotto::claim {

// On the machine's rows weights are products of a table over samples and one over slots.
struct VmWeights {
  std::vector<Fr> eq_t, eq_k;       // region: eq(., tau)
  std::vector<Fr> operand_t, operand_k;  // eq(t, r_t), alpha eq(k, r_k)
  std::vector<Fr> register_k;       // -alpha eq(k, s): weight of R together with operand_t
  std::vector<Fr> sample_t;         // weight of a0 in the last slot: the spectrum's window
};

// Tables by row, zero past their end.
struct ShortWeights {
  std::vector<Fr> log, conv, score;         // eq(., tau) on judge rows
  std::vector<Fr> tables, song;             // on table rows
  std::vector<Fr> boolean, forward;         // on program rows
  std::vector<Fr> d, d_squared;
  std::vector<Fr> e, in, out, q0, q1, out_squared, helpers;  // helpers: weight of hJ and hF
  std::vector<Fr> ht, program, v1, v2, v1v2;
};

VmWeights vm_weights(const ProvingKey& key, const Challenges& c);
ShortWeights short_weights(const ProvingKey& key, const Challenges& c);

// Fingerprint of every public table row without gamma, 0 below tables_at, up to the end of the last block: its rows past
// tables_end continue the exponent table, as the closed form does, and belong to no region.
std::vector<Fr> table_fingerprints(const ProvingKey& key, const Challenges& c);

}  // namespace sotto::claim
