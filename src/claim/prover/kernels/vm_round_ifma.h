// SPDX-License-Identifier: Apache-2.0
// The first rounds of the machine's sumcheck, eight pairs of rows at a time (AVX-512 IFMA). The slow twin is VmRounds. Only for
// machines where use_ifma() holds.
//
// A pair is two neighbouring bound rows. A bound row is sum_b eq(b, u) row(2^m i + b) with m = `bound` variables bound: forms are
// linear, so they come straight from the small integers of the witness with coefficients that hold eq(b, u). After the first
// few rounds they are written out as tables, which hold v 2^260 mod p instead of Fr's v 2^256.
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
struct VmLaneForms {
  const LaneTerm* terms;
  uint32_t first[kVmColumnForms + 1];
  unsigned bound;                    // m
  LaneScalar eq[1u << kMaxBound];    // eq(b, u) 2^264 mod p: turns Fr's form into the lanes'
};

// The rows of one slot: by column where `forms` is set, else as tables.
struct VmLaneRows {
  const VmLaneForms* forms = nullptr;
  const uint32_t* columns[kVmColumnCount] = {};
  const Fr* helpers[3] = {};
  const Fr* tables[kVmFormCount] = {};
};

struct VmLaneConstants {
  LaneScalar one, m, base[10];
  LaneScalar alpha[kTermZero + 1];  // those of machine rows
};

// Weights by bound row in Fr's form; sample is null but for the last slot.
struct VmLaneWeights {
  const Fr *eq, *operand, *indicator, *sample;
};

// Sums over pairs in Fr's form, at x = 0, 1, ..: eq * constraints; the others are of degree 2.
struct VmLaneSums {
  enum Quadratic : unsigned { kOperands, kResults, kHelpers, kSamples, kQuadraticCount };
  LaneWords constraints[kDegree + 1], quadratic[kQuadraticCount][3];
};

// Pairs [0, 8 * groups) of a slot. The operation's flag is 1, all others are 0.
void vm_slot_round_ifma(const VmLaneRows& rows, const VmLaneWeights& weights, const VmLaneConstants& constants, Op op, size_t groups,
                        VmLaneSums& out);
// Writes bound rows [0, 8 * groups) to out[form]: tables for the rounds that follow.
void vm_write_forms_ifma(const VmLaneRows& rows, size_t groups, Fr* const* out);
// tables: out[i] = in[2i] + x (in[2i + 1] - in[2i]) for i < 8 * groups. out may be in.
void vm_bind_table_ifma(const Fr* in, const LaneScalar& x, size_t groups, Fr* out);

}  // namespace sotto::claim
