// SPDX-License-Identifier: Apache-2.0
// Proofs about networks with private inputs.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "claim/network/network.h"
#include "claim/network/statement.h"
#include "claim/prover/masks.h"
#include "zk/commit/srs.h"
#include "zk/transcript/transcript.h"

namespace sotto::claim::network {

struct ProvingKey {
  Network network;
  std::shared_ptr<const zk::Srs> srs;
  std::vector<Fr> weights;  // the column kWeights
  VerifyingKey vk;
};

// The number of powers a setup must have.
uint64_t required_powers(const Network& network);
Result<std::shared_ptr<const ProvingKey>> make_proving_key(Network network, std::shared_ptr<const zk::Srs> srs);

struct Proven {
  Bytes proof;
  Statement statement;
};
// Called with the stage and the share that is done; false stops the prover, which then returns kInterrupted.
using Progress = std::function<bool(const char* stage, double fraction)>;

// Proves the network's output on `input`. context: what the proof is bound to.
Result<Proven> prove(const ProvingKey& key, std::span<const uint32_t> input, const Bytes32& context,
                     const Progress& progress);

// ---- For tests: everything that the prover has committed to, and where an attack may interfere.

struct ProverState {
  const ProvingKey* key = nullptr;
  Cells cells;
  std::vector<int64_t> multiplicities;                                // kM
  std::array<std::array<Fr, zk::kMaskRows>, kWitnessColumns> mask{};  // at the mask rows; unused for kZ0, kZ1
  std::vector<Fr> z0, z1;                                             // by index of opening_mask_rows; by row
  std::vector<Fr> h1, h2, ht, v1, v2;
  Fr mask_sum;
  Challenges challenges;
  struct Lie {
    unsigned column;
    uint64_t row;
    Fr value;
  };
  std::vector<Lie> lies;  // what an attack adds to columns of integers: kIn .. kM

  Fr cell(unsigned column, uint64_t row) const;  // of those columns

  const Circuit& circuit() const { return key->network.circuit; }
  const std::vector<int64_t>& integers(unsigned column) const;  // cells, multiplicities and public columns
  const std::vector<Fr>& scalars(unsigned column) const;        // kH1 .. kV2
};
struct ProverHooks {
  std::function<void(Cells&)> cells;  // before lookups are counted
  std::function<void(ProverState&)> before_phase1, before_phase2;
  std::function<void(Statement&)> statement;    // before it is absorbed
  std::function<void(Challenges&)> challenges;  // edits them once they are drawn
  std::vector<Fr> frozen_challenges;
};
Result<Proven> prove_with(const ProvingKey& key, std::span<const uint32_t> input, const Bytes32& context,
                          const Progress& progress, MaskSource& masks, const ProverHooks& hooks);

// sum_j lambda^j f_j over the evaluated columns.
std::vector<Fr> combine_columns(const ProverState& state, const Fr& lambda);

// The rounds of the main sumcheck; returns its point and the evaluations of all evaluated columns there, or nothing
// where `progress` said to stop.
struct MainResult {
  Point u;
  std::vector<Fr> evaluations;
};
std::optional<MainResult> main_sumcheck(const ProverState& state, const std::vector<int64_t>& output,
                                        zk::ProverTranscript& transcript, const std::function<bool(double)>& progress);

}  // namespace sotto::claim::network
