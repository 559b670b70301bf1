// SPDX-License-Identifier: Apache-2.0
// The work of VmLaneRounds on rows, by machine: eight pairs side by side (AVX-512 IFMA), or one after the other. Rows
// are bound in place of columns as linear forms (vm_forms.h), whose coefficients a kernel keeps with the bound
// variables folded in.
#pragma once
#include <memory>

#include "claim/prover/kernels/vm_round_ifma.h"
#include "claim/statement/challenges.h"

namespace sotto::claim {

class VmKernel {
 public:
  virtual ~VmKernel() = default;
  // Bound rows from now on are sum_b eq(b, u) row_b. Requires |u| <= kMaxBound.
  virtual void bind(PointSpan u) = 0;
  // vm_round_ifma.h says what these two do; `rows` has columns and helpers, or tables.
  virtual void slot_round(VmLaneRows rows, const VmLaneWeights& weights, Op op, size_t groups,
                          VmLaneSums& out) const = 0;
  virtual void write_forms(VmLaneRows rows, size_t groups, Fr* const* out) const = 0;
  // rows[i] <- rows[2i] + x (rows[2i + 1] - rows[2i]), i < 8 * groups
  virtual void bind_table(Fr* rows, const Fr& x, size_t groups) const = 0;
  // Tables hold the values times this.
  virtual Fr table_scale() const = 0;
};

std::unique_ptr<VmKernel> make_vector_kernel(const Shape& shape,
                                             const Challenges& challenges);  // only where use_ifma() holds
std::unique_ptr<VmKernel> make_scalar_kernel(const Shape& shape, const Challenges& challenges);

// coefficients[f][c]: that of column c in form f, c < kVmColumnCount.
using VmFormCoefficients = std::array<std::array<Fr, kVmColumnCount>, kVmColumnForms>;
VmFormCoefficients form_coefficients(const Shape& shape, const Challenges& challenges);

Fr total(const LaneWords& lanes);  // sum of eight results in Fr's form

}  // namespace sotto::claim
