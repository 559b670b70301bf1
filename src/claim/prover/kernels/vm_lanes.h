// SPDX-License-Identifier: Apache-2.0
// How the machine's vector kernels see rows: plain data, made by vm_kernel.h.
//
// A bound row is sum_b eq(b, u) row(2^m i + b) with m = `bound` variables bound. Forms are linear, so they come straight from the
// small integers of the witness, with coefficients that hold eq(b, u). Tables of forms hold v 2^260 mod p instead of Fr's v 2^256.
#pragma once
#include "claim/prover/vm_forms.h"
#include "zk/field/fr.h"

namespace sotto::claim {

using zk::Fr;

inline constexpr unsigned kMaxBound = 3;  // m

// A number as the lanes want it: five limbs of 52 bits.
struct LaneScalar {
  uint64_t limb[5];
};
// Eight results, words of 64 bits by lane.
struct LaneWords {
  uint64_t word[4][8];
};

struct LaneTerm {
  uint32_t column;         // c + kVmColumnCount * b: column c of row b of the bound row
  LaneScalar coefficient;  // v 2^312 mod p
};
// Forms of bound rows: sums of coefficient * column. Terms of form f are [first[f], first[f + 1]).
struct VmLaneFormTerms {
  const LaneTerm* terms;
  uint32_t first[kVmColumnForms + 1];
  unsigned bound;                  // m
  LaneScalar eq[1u << kMaxBound];  // eq(b, u) 2^264 mod p: turns Fr's form into the lanes'
};

// The rows of one slot: by column where `forms` is set, else as tables.
struct VmLaneRows {
  const VmLaneFormTerms* forms = nullptr;
  const uint32_t* columns[kVmColumnCount] = {};
  const Fr* helpers[3] = {};
  const Fr* tables[kVmFormCount] = {};
};

}  // namespace sotto::claim
