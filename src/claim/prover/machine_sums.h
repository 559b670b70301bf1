// SPDX-License-Identifier: Apache-2.0
// Commitments to the machine's columns and helpers by way of the lookup tables.
//
// A row x looks up four entries of the operand tables and four of the range table; entry e of an operand table is a
// pair of limbs a, b, and everything else that the lookup names (and-limb, power of two, sign bits) follows from e. So
//   sum_x a0[x] G_x = sum_e a(e) S_e    with    S_e = sum_{x : e(x) = e} G_x,
// the same sums S serve all columns of the lookup, and, since a helper is a sum of inverses 1 / q(e), also
//   sum_x G_x / q(e(x)) = sum_e S_e / q(e).
// An MSM with one full-size scalar for each of the T K rows becomes one addition for each lookup and an MSM over the
// 2^16 entries. Where most rows look up entry 0, S_0 comes from the sum of all rows.
//
// Only for honest witnesses: what a column holds is not looked at where it follows from the entry. Attacks take the
// slow twins (commit_column, make_helper_rows), and a test compares the two.
#pragma once
#include <array>
#include <vector>

#include "claim/prover/proving_key.h"
#include "claim/witness/witness.h"
#include "zk/commit/buckets.h"

namespace sotto::claim {

class MachineSums {
 public:
  MachineSums(const ProvingKey& key, const Witness& witness);

  // Whether commit() knows the column: limbs, and-limbs, power of two, sign bits, range limbs, kH1, kH2, kHL.
  static bool covers(unsigned column);
  // The commitment without masks. Helpers need the inverses of the table side, by row of the tables
  // (ProverState::table_inverse).
  zk::G1 commit(unsigned column, const std::vector<Fr>& table_inverse) const;

 private:
  // Lookups of a row: operand limbs 0 .. 3, range limbs W1l .. W2h, the song's table, the sine.
  static constexpr unsigned kRange = 4, kSong = 8, kSine = 9, kLookups = 10;
  using Sums = std::vector<zk::G1Affine>;

  Sums lookup_sums(const Witness& witness, unsigned lookup, zk::BucketSorter& sorter) const;
  template <class Entry>
  Sums sums_of(const Witness& witness, sound::Op op, uint32_t entries, Entry&& entry) const;
  void complete(Sums& sums, const zk::G1& all) const;
  zk::G1 column_of(unsigned lookup, unsigned column) const;
  zk::G1 inverses_of(const Sums& sums, unsigned table_block, const std::vector<Fr>& table_inverse) const;

  const ProvingKey* key_;
  std::array<Sums, kLookups> sums_;  // by entry
  Sums middle_, range_;              // limbs 1 and 2 together; all four range limbs together
};

}  // namespace sotto::claim
