// SPDX-License-Identifier: Apache-2.0
// What one whole proof costs, from the secret to the native verdict: of a song that uses every slot, or of a network's input.
#pragma once
#include <string>
#include <vector>

#include "claim/network/prove.h"
#include "cli/inputs.h"

namespace sotto::cli {

struct ProofCost {
  unsigned log_rows = 0;
  unsigned slots = 0;    // of songs
  uint64_t samples = 0;  // of songs
  uint64_t weights = 0;
  uint64_t activations = 0;  // values that are rounded or looked up: for songs outputs of the judge's convolutions
  double key_seconds = 0, prove_seconds = 0, cpu_seconds = 0, verify_seconds = 0;
  uint64_t peak_mib = 0;  // of this process since its start: only its first proof has a figure of its own
  size_t proof_bytes = 0;
  struct Stage {
    std::string name;
    double seconds = 0;
  };
  std::vector<Stage> stages;
};

struct MeasuredProof {
  ProofCost cost;
  std::shared_ptr<const claim::ProvingKey> key;
  claim::Proven proven;
};

// Proves a random program of slots - 1 instructions and verifies the proof. Shows its progress under `title`.
Result<MeasuredProof> measure_proof(const judge::Network& net, unsigned slots, const SetupInput& setup,
                                    std::string_view title);

struct MeasuredNetworkProof {
  ProofCost cost;
  std::shared_ptr<const claim::network::ProvingKey> key;
  claim::network::Proven proven;
};

// Proves the network's output on `input` and verifies the proof.
Result<MeasuredNetworkProof> measure_network_proof(claim::network::Network network, std::span<const uint32_t> input,
                                                   const SetupInput& setup, std::string_view title);

// "avx512-ifma": the arithmetic that this machine's proofs run on.
std::string arithmetic_path();
Json as_json(const ProofCost& cost);

}  // namespace sotto::cli
