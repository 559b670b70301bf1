// SPDX-License-Identifier: Apache-2.0
// Batch-affine additions, eight at a time (AVX-512 IFMA). The slow twin is the scalar path of RunReducer. Only for machines
// where use_ifma() holds; elsewhere calling them is a bug.
#pragma once
#include <cstddef>
#include <cstdint>

#include "zk/curve/g1.h"

namespace sotto::zk {

// Pair k of 8 * groups is points[first[k]], points[first[k] + 1]; its sum goes to points[out[k]], where out ascends and
// out[k] <= first[k]. A pair may be named several times in the last group, to fill it.
struct PairGroups {
  G1Affine* points;
  const uint32_t* first;
  const uint32_t* out;
  size_t groups;
  // Scratch, per group: the product of the denominators of later groups, and a mask of the pairs that the slope formula
  // may not fit (equal x, or an x of zero, as infinity has). Those get a made-up sum; the caller must set it right.
  struct alignas(64) Suffix {
    uint64_t words[40];
  };
  Suffix* suffix;
  uint8_t* special;
};

// Fills suffix and special. product[l] = the product of the denominators in lane l, up to a fixed factor.
void multiply_differences_ifma(const PairGroups& pairs, Fq (&product)[8]);
// inverse[l] = 1 / product[l].
void add_pairs_ifma(const PairGroups& pairs, const Fq (&inverse)[8]);

}  // namespace sotto::zk
