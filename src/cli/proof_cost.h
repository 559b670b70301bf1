// SPDX-License-Identifier: Apache-2.0
// What one whole proof costs, from a song that uses every slot to the native verdict.
#pragma once
#include <string>
#include <vector>

#include "cli/inputs.h"

namespace sotto::cli {

struct ProofCost {
  unsigned slots = 0, log_rows = 0;
  uint64_t samples = 0, weights = 0;
  uint64_t activations = 0;  // outputs of the judge's convolutions
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

// "avx512-ifma": the arithmetic that this machine's proofs run on.
std::string arithmetic_path();
Json as_json(const ProofCost& cost);

}  // namespace sotto::cli
