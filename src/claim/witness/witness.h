// SPDX-License-Identifier: Apache-2.0
// The phase-1 columns without masks, filled from the machine's run and the judge's trace. No commitments, no randomness.
#pragma once
#include <algorithm>
#include <array>
#include <vector>

#include "claim/statement/challenges.h"
#include "judge/net/network.h"
#include "sound/bytebeat/program.h"

namespace sotto::claim {

// The prover keeps the samples of a slot together, with zeros up to whole groups of vectors.
inline uint64_t kept_samples(const Shape& s) {
  return std::min(uint64_t{1} << s.sample_bits, (uint64_t{s.samples} + 127) / 128 * 128);
}
inline uint64_t kept_rows(const Shape& s) { return s.slots() * kept_samples(s); }
inline uint64_t kept_at(const Shape& s, uint64_t slot, uint64_t sample) { return slot * kept_samples(s) + sample; }
inline uint64_t row_of_kept(const Shape& s, uint64_t at) {
  return machine_row(s, at / kept_samples(s), at % kept_samples(s));
}
// Machine columns are small integers and large, so they stay integers; everything else is short and already in the field.
struct Witness {
  std::array<std::vector<uint32_t>, kVmColumnCount> vm;    // kR .. kZ, kept_rows() entries (kept_at)
  std::array<std::vector<Fr>, kProg - kD> judge;           // kD .. kM by row, zero past the end
  std::vector<Fr> program;                                 // kProg by data index v (its row is 2v)
  uint32_t score = 0;
  // Cells of machine columns whose value is no small integer. Honest witnesses have none; forgeries do.
  struct Override {
    unsigned column;
    uint64_t row;
    Fr value;
  };
  std::vector<Override> overrides;

  std::vector<Fr>& column(unsigned c) { return judge[c - kD]; }
  const std::vector<Fr>& column(unsigned c) const { return judge[c - kD]; }
};

// Requires: the program fits the shape's size class and the network is the one the shape was made for.
Witness make_witness(const Shape& shape, const Layout& layout, const judge::Network& net, const sound::Program& program);

// The program padded to K slots; sources are numbered as in the proof: j < K slots, K = t, above: constants. The last slot is
// the output slot: its operand a is the result. LOOKUP is never padded in.
struct PaddedSlot {
  unsigned op = 0, source[3] = {};
};
std::vector<PaddedSlot> pad_program(const Shape& shape, const sound::Program& program);

// Honest auxiliary values of one machine row (docs/protocol.md, table of operations).
struct VmAuxiliary {
  uint64_t w1 = 0, w2 = 0;
  uint32_t cy = 0, z = 0;
};
VmAuxiliary vm_auxiliary(sound::Op op, uint64_t a, uint64_t b, unsigned word_bits);

// Fills the row (k, t) from operands and result: limbs, and-limbs, shift power, range limbs, signs, carry, zero flag.
void fill_vm_row(const Shape& shape, Witness& w, uint64_t row, sound::Op op, uint32_t a, uint32_t b, uint32_t c, uint32_t out);

// Counts every lookup of the witness into kM; make_witness ends with it, forgeries repeat it after they changed cells. Values
// outside a table are counted nowhere.
void count_lookups(const Shape& shape, const Layout& layout, Witness& w);

}  // namespace sotto::claim
