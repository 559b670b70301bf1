// SPDX-License-Identifier: Apache-2.0
// The share of the main sumcheck that lives on few rows: judge, tables, program, folded vectors, and their linear relations.
#pragma once
#include "claim/prover/prover_state.h"
#include "claim/prover/round_values.h"
#include "claim/prover/weights.h"

namespace sotto::claim {

// A table that is zero past its dense part, up to the mask entries at the end of the column.
class BoundColumn {
 public:
  BoundColumn() = default;
  BoundColumn(std::vector<Fr> dense, uint64_t rows, const std::array<Fr, kMaskRows>& mask)
      : dense_(std::move(dense)), rows_(rows), low_(mask[0]), high_(mask[1]) {}
  Fr at(uint64_t i) const {
    Fr v = i < dense_.size() ? dense_[i] : Fr::zero();
    if (i + 1 == rows_) v += high_;
    if (i + 2 == rows_) v += low_;
    return v;
  }
  void bind(const Fr& x);

 private:
  std::vector<Fr> dense_;
  uint64_t rows_ = 0;
  Fr low_, high_;
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
  template <class Body>
  void each_pair(uint64_t rows, RoundValues& values, const std::vector<const std::vector<Fr>*>& weights, const std::vector<unsigned>& columns, Body&& body) const;

  const ProverState& st_;
  ShortWeights w_;
  std::vector<Fr> table_;       // fingerprint without gamma
  std::vector<Fr> song_index_;  // id + beta index on song rows
  LookupChallenges<Fr> lookup_;
  Fr range_, half_range_;
  BoundColumn col_[kColCount];
};

}  // namespace sotto::claim
