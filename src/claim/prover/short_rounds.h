// SPDX-License-Identifier: Apache-2.0
// The share of the main sumcheck that lives on few rows: judge, tables, program, folded vectors, and their linear relations.
#pragma once
#include "claim/prover/prover_state.h"
#include "claim/prover/round_values.h"
#include "claim/prover/weights.h"

namespace sotto::claim {

// A table that is zero past its dense part but for the mask entries, which stand at slots 0 and 1 of a sample. Samples
// are bound first: variable `slot_bits`, again and again, until only slots are left.
class BoundColumn {
 public:
  BoundColumn() = default;
  BoundColumn(std::vector<Fr> dense, uint64_t mask_at, const std::array<Fr, kMaskRows>& mask)
      : dense_(std::move(dense)), mask_at_(mask_at), mask_(mask) {}
  Fr at(uint64_t i) const {
    Fr v = i < dense_.size() ? dense_[i] : Fr::zero();
    if (i - mask_at_ < kMaskRows) v += mask_[i - mask_at_];
    return v;
  }
  void bind_sample(unsigned slot_bits, const Fr& x);
  // No sample is left: the masks become entries like others.
  void bind_slot(const Fr& x);

 private:
  std::vector<Fr> dense_;
  uint64_t mask_at_ = 0;
  std::array<Fr, kMaskRows> mask_{};
};

class ShortRounds {
 public:
  explicit ShortRounds(const ProverState& state);
  void add_round(RoundValues& values) const;
  void bind(const Fr& x);

 private:
  enum Col : unsigned { kColD, kColE, kColIpw, kColIn, kColOut, kColQ0, kColQ1, kColQ2, kColQ3, kColM, kColHJ, kColHF, kColHT, kColProg, kColV1, kColV2, kColCount };

  struct Point7 { Fr v[kColCount]; };  // columns at one evaluation point
  // The four groups; each sees the weights as lines too.
  unsigned variable() const { return round_ < st_.shape().sample_bits ? st_.shape().slot_bits : 0; }
  template <class Body>
  void each_pair(uint64_t rows, unsigned degree, RoundValues& values,
                 const std::vector<const std::vector<Fr>*>& weights, const std::vector<unsigned>& columns,
                 Body&& body) const;

  const ProverState& st_;
  unsigned round_ = 0;
  ShortWeights w_;
  std::vector<Fr> table_;       // fingerprint without gamma
  std::vector<Fr> song_index_;  // id + beta index on song rows
  LookupChallenges<Fr> lookup_;
  Fr range_, half_range_;
  BoundColumn col_[kColCount];
};

}  // namespace sotto::claim
