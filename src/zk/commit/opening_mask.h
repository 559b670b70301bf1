// SPDX-License-Identifier: Apache-2.0
// Where the masks of a proof lie: two random entries of every secret column at the mask rows, which are above
// everything that a column holds, and a column of random entries that masks the opening (docs/protocol.md, section 11).
#pragma once
#include <cstdint>
#include <vector>

namespace sotto::zk {

inline constexpr unsigned kMaskRows = 2;
inline constexpr unsigned kZ0Entries = 256, kZ0AtMasks = 32, kZ0PerClass = 4;

// Rows of the opening's mask. One in each of 224 equal stretches below the mask rows, at random there, and 32 behind
// them: the last rounds of the reduction show large blocks of rows apart, and the mask rows may be alone in theirs.
std::vector<uint64_t> opening_mask_rows(uint64_t mask_at);
// Round i of the reduction shows the rows whose bit i is 0 and those whose bit i is 1 apart: whether each of these
// classes holds kZ0PerClass of the rows. A layout for which it is not so must not be used. It is necessary; that rows
// spread like those above hide all else, too, is what the rank tests are for (tests/zero_knowledge).
bool in_every_class(unsigned log_n, uint64_t mask_at, const std::vector<uint64_t>& rows);

}  // namespace sotto::zk
