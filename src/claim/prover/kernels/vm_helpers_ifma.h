// SPDX-License-Identifier: Apache-2.0
// The machine's LogUp helpers, eight rows at a time (AVX-512 IFMA); the slow twin is in columns.cpp. Only where use_ifma() holds.
//   h = 1/q0 + 1/q1 + 1/q2 + 1/q3 = N / D,   N = (q0 + q1) q2 q3 + (q2 + q3) q0 q1,   D = q0 q1 q2 q3
// for the operand tables and for the range limbs, and 1/q for LOOKUP. All D of a chunk share one inversion (Montgomery's trick).
#pragma once
#include "claim/prover/kernels/vm_lanes.h"

namespace sotto::claim {

inline constexpr size_t kHelperGroups = 64;  // of eight rows, in a chunk

struct VmHelperChunk {
  VmLaneRows rows;                 // from the first row of the chunk on, nothing bound
  const LaneScalar* base;          // gamma + id of the tables
  bool lookup;                     // whether the slot uses the song's table
  size_t groups = 0;
  struct alignas(64) Group {
    uint64_t words[6][40];
  } scratch[kHelperGroups];
};

// Returns the product of all denominators in each lane, as v 2^260 mod p.
LaneWords vm_multiply_denominators_ifma(VmHelperChunk& chunk);
// inverse: 2^256 / product, mod p. Writes 8 * groups values to each of h[0], h[1] and, with `lookup`, h[2].
void vm_helpers_ifma(const VmHelperChunk& chunk, const LaneWords& inverse, Fr* const* h);

}  // namespace sotto::claim
