// SPDX-License-Identifier: Apache-2.0
// A wrong result for every component of every lookup of a machine row: the tuple is not in its table, but it would be
// without this component (without its id: it is in another table), and nothing else is wrong.
#pragma once
#include "support/operation_lies.h"

namespace sotto::forge {

struct LookupLie {
  const char *site, *component;
  claim::Op op;
  uint32_t a, b, out;
  std::vector<std::pair<unsigned, Fr>> cells;  // of slot 0, where they differ from an honest row with this result
};

inline Fr whole(int64_t v) { return Fr::from_signed(v); }
inline Fr fraction(int64_t n, uint64_t d) { return Fr::from_signed(n) * Fr(d).inverse(); }

inline std::vector<LookupLie> lookup_lies(const judge::Network& net) {
  using namespace claim;
  const Op a = Op::kAnd;
  const std::vector<uint32_t> table = song_for(Op::kLookup, 0, 0, 0).table;
  const auto sine = [](uint32_t angle) { return sound::eval_op(Op::kSine, angle, 0, 0, {}, 16, 4); };
  return {
      // A limb of 16 that is borrowed from the next one loses the bits of the next.
      {"limb 0", "a0", a, 0x10, 0x10, 0, {{kA0, whole(16)}, {kA1, whole(0)}, {kG1, whole(0)}}},
      {"limb 0", "b0", a, 0x10, 0x10, 0, {{kB0, whole(16)}, {kB1, whole(0)}, {kG1, whole(0)}}},
      {"limb 0", "g0", a, 0xc, 0xa, 9, {{kG0, whole(9)}}},
      {"limb 0", "P", Op::kShl, 0x1234, 4, 0x2468, {{kP, whole(2)}, {kW1l, whole(0)}, {kW1h, whole(0)}}},
      {"limb 0",
       "table",
       Op::kShl,
       0x1234,
       4,
       0,
       {{kP, whole(0)}, {kW1l, whole(0)}, {kW1h, whole(0)}}},  // (4, 4, 4) of limbs 1, 2
      {"limb 1", "a1", a, 0x100, 0x100, 0, {{kA1, whole(16)}, {kA2, whole(0)}, {kG2, whole(0)}}},
      {"limb 1", "b1", a, 0x100, 0x100, 0, {{kB1, whole(16)}, {kB2, whole(0)}, {kG2, whole(0)}}},
      {"limb 1", "g1", a, 0xc0, 0xa0, 0x90, {{kG1, whole(9)}}},
      {"limb 1", "table", a, 0x100, 0x100, 0, {{kA1, whole(16)}, {kA2, whole(0)}, {kG2, whole(0)}}},  // (16, 0, 0) of
                                                                                                      // the range
      {"limb 2", "a2", a, 0x1000, 0x1000, 0, {{kA2, whole(16)}, {kA3, whole(0)}, {kG3, whole(0)}}},
      {"limb 2", "b2", a, 0x1000, 0x1000, 0, {{kB2, whole(16)}, {kB3, whole(0)}, {kG3, whole(0)}}},
      {"limb 2", "g2", a, 0xc00, 0xa00, 0x900, {{kG2, whole(9)}}},
      {"limb 2", "table", a, 0x1000, 0x1000, 0, {{kA2, whole(16)}, {kA3, whole(0)}, {kG3, whole(0)}}},
      // The top limb has no next one: it must be a fraction to make up for the others.
      {"limb 3", "a3", a, 0, 1, 1, {{kA0, whole(1)}, {kG0, whole(1)}, {kA3, fraction(-1, 4096)}}},
      {"limb 3", "b3", a, 1, 0, 1, {{kB0, whole(1)}, {kG0, whole(1)}, {kB3, fraction(-1, 4096)}, {kP, whole(2)}}},
      {"limb 3", "g3", a, 0xc000, 0xa000, 0x9000, {{kG3, whole(9)}}},
      {"limb 3", "sa", Op::kLt, 7, 5, 1, {{kSa, whole(1)}, {kCy, whole(1)}, {kW1l, whole(2)}, {kW1h, whole(0)}}},
      {"limb 3", "sb", Op::kLt, 5, 7, 0, {{kSb, whole(1)}, {kCy, whole(0)}, {kW1l, whole(0xfe)}, {kW1h, whole(0xff)}}},
      {"limb 3",
       "table",
       Op::kLt,
       0x8000,
       1,
       0,
       {{kSa, whole(0)}, {kCy, whole(0)}, {kW1l, whole(0xff)}, {kW1h, whole(0x7f)}}},
      // Products and shifts whose other part is a fraction, or negative.
      {"range W1l", "W1l", Op::kMul, 300, 400, 1, {{kW1l, fraction(300 * 400 - 1, 65536)}, {kW1h, whole(0)}}},
      {"range W1h",
       "W1h",
       Op::kMul,
       300,
       400,
       1,
       {{kW1l, whole(0)}, {kW1h, fraction(300 * 400 - 1, uint64_t{1} << 24)}}},
      {"range W2l", "W2l", Op::kUshr, 100, 3, 11, {{kW1l, whole(12)}, {kW2l, whole(-5)}, {kW2h, whole(0)}}},
      {"range W2h", "W2h", Op::kUshr, 100, 3, 11, {{kW1l, whole(12)}, {kW2l, whole(0)}, {kW2h, fraction(-5, 256)}}},
      {"song", "a0", Op::kLookup, 3, 0, table[4], {}},
      {"song", "R", Op::kLookup, 3, 0, table[3] ^ 1, {}},
      {"song", "table", Op::kLookup, 3, 0, net.act_table[3], {}},
      // The sine of an angle with another upper half; no sine at all; what the song, the judge have at this place.
      {"sine", "a2", Op::kSine, 0x1200, 0, sine(0x1300), {}},
      {"sine", "a3", Op::kSine, 0x1200, 0, sine(0x2200), {}},
      {"sine", "R", Op::kSine, 0x1200, 0, sine(0x1200) ^ 1, {}},
      {"sine", "table", Op::kSine, 0x300, 0, table[3], {}},
  };
}

inline void write_lie(const Start& start, Tables& t, const LookupLie& lie) {
  rerun_sample(start, t, kLieTime, [&](unsigned slot, uint32_t&, uint32_t&, uint32_t&, std::optional<uint32_t>& out) {
    if (slot == 0) out = lie.out;
  });
  for (const auto& [column, value] : lie.cells) t[column][machine_row(start.key->shape, 0, kLieTime)] = value;
}

}  // namespace sotto::forge
