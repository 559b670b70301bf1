// SPDX-License-Identifier: Apache-2.0
// The machine's share of the main sumcheck: sum over rows (k, t) of
//   eq(t, tau) eq(k, tau) [ sum_op flag_op(k) C_op + helper constraints + bits ] + linear relations on these rows.
// Constraints see linear forms of the columns (words, denominators), so forms are what is bound round after round. Sample
// variables come first; a slot's flags are constant in them, so only the constraints of the slot's own operation are evaluated.
#pragma once
#include <optional>

#include "claim/prover/vm_lane_rounds.h"
#include "claim/prover/vm_rows.h"

namespace sotto::claim {

class VmRounds {
 public:
  // The slow twin, or the fast path with one kernel or the other; that needs VmLaneRounds::usable(state), and kVector use_ifma().
  enum class Path { kSlow, kScalar, kVector };
  VmRounds(const ProverState& state, Path path);
  explicit VmRounds(const ProverState& state) : VmRounds(state, best_path(state)) {}
  void add_round(RoundValues& values);
  void bind(const Fr& x);

 private:
  static Path best_path(const ProverState& state);
  struct Row { Fr v[kVmFormCount]; };
  struct Flag { unsigned op; Fr value; };

  Row load(uint64_t slot, uint64_t t) const;               // before the first round
  Row row(uint64_t slot, uint64_t index) const;            // afterwards
  Row forms_of(const Fr col[kVmColumnCount], const Fr h[3]) const;
  Fr constraints(const Row& r, const std::vector<Flag>& flags) const;
  void add_sample_round(RoundValues& values) const;
  void add_slot_round(RoundValues& values) const;
  void bind_samples(const Fr& x);
  void bind_slots(const Fr& x);
  void bind_forms(const Fr& x);
  void extend_to_mask_rows();
  void keep_one_sample();

  const ProverState& st_;
  std::optional<VmLaneRounds> lanes_;     // the fast path, while it lasts
  VmRows rows_;
  VmWeights w_;
  LookupChallenges<Fr> lookup_;
  Constants<Fr> constants_;
  Fr limb_, range_, logup_;
  unsigned round_ = 0;
  uint64_t length_;                       // samples still distinguished
  std::vector<Fr> forms_[kVmFormCount];   // [slot * stride_ + index]
  uint64_t stride_ = 0;
  Row mask_[kMaskRows];  // the mask rows, bound: a sample of the first slots
  uint64_t mask_sample_;
  bool mask_merged_ = false;
  std::vector<Fr> indicator_;             // [t < T], bound
  std::vector<std::vector<Flag>> flags_;  // by slot
  std::vector<Fr> last_slot_;             // indicator of the output slot
};

}  // namespace sotto::claim
