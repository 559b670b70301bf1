// SPDX-License-Identifier: Apache-2.0
// The first rounds of VmRounds on the fast path: rows come straight from the witness for kMaxBound rounds, then from tables, until
// few rows are left. A kernel works on a slot's pairs of rows, in groups of eight, on vectors or one after the other.
#pragma once
#include "claim/prover/prover_state.h"
#include "claim/prover/round_values.h"
#include "claim/prover/vm_kernel.h"
#include "claim/prover/weights.h"

namespace sotto::claim {

class VmLaneRounds {
 public:
  // Whether this witness can take the fast path: rows of small integers, one operation for each slot, zeros past the last sample.
  static bool usable(const ProverState& state);
  VmLaneRounds(const ProverState& state, bool vectors);

  // `weights` and `indicator` are bound as far as this object is.
  void add_round(const VmWeights& weights, const std::vector<Fr>& indicator, RoundValues& values);
  void bind(const Fr& x);
  // Too few rows are left for lanes: tables() takes over.
  bool finished() const { return length_ <= kFewRows; }
  uint64_t length() const { return length_; }
  // tables()[form][slot * length + index] of the bound rows; ends the use of this object.
  std::vector<std::vector<Fr>> tables();

 private:
  static constexpr uint64_t kFewRows = 32;
  // The constraints' part of a round where no pair is cut by the last sample: l(X) T(X) with the line l of eq, and T of
  // one degree less.
  static constexpr unsigned kFactorDegree = kDegree - 1;
  using Factor = std::array<Fr, kFactorDegree + 1>;  // T at 0 .. kFactorDegree

  bool factored() const;
  std::array<Fr, 2> eq_line() const;
  void complete(Factor& t) const;
  void add_factor(const Factor& t, RoundValues& values) const;
  void make_groups();
  VmLaneRows rows(size_t group) const;
  void write_tables();
  void add_mask_rows();
  void bind_tables(const Fr& x, uint64_t from);
  // Rows of a slot that rounds look at: length_ rounded up to whole groups of pairs.
  uint64_t padded() const { return (length_ + 15) / 16 * 16; }

  const ProverState& st_;
  uint64_t length_;                       // bound rows of a slot; with the mask's, once there are tables
  std::vector<Fr> u_;                     // challenges so far
  std::unique_ptr<VmKernel> kernel_;
  // Slots of one operation on the same sources have the same rows: padding, above all. One stands for all of them.
  struct Group {
    Op op;
    std::vector<unsigned> slots;
  };
  std::vector<Group> groups_;
  std::vector<std::vector<Fr>>
      tables_;  // by form: [group * stride_ + index], v 2^260 mod p; empty before they are written
  uint64_t stride_ = 0;
  // Honest constraints sum to 0 over the rows, round by round to their part of the claim: so T needs not be evaluated
  // at 1, and in the first round, where every row's constraints are 0, not at 0 either.
  bool honest_;
  Fr claim_;
  Factor factor_{};
};

}  // namespace sotto::claim
