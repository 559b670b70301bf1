// SPDX-License-Identifier: Apache-2.0
// Where everything lives: columns, rows, table blocks, weight blocks, claims. Derived from a Shape by one function, and
// read by prover, verifier, contract data and documentation. docs/protocol.md explains it.
//
// Rows are x = sum_i x_i 2^i < N = 2^n. The virtual machine's row (k, t) is x = k + K t (slot k, sample t), so its rows
// are the first K T, and polynomials end where the rows in use do, not at N.
#pragma once
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "judge/net/network.h"
#include "sound/bytebeat/program.h"
#include "zk/commit/opening_mask.h"
#include "zk/sumcheck/libra_mask.h"

namespace sotto::claim {

// ---- Columns, in transcript order -------------------------------------------------------------------------------------

enum Column : unsigned {
  // virtual machine (limbs of `limb_bits` bits; 8 in Sotto): result, operand a, b, and-limbs, operand c, 2^shift, two words of
  // two range limbs, sign bits, carry, zero flag
  kR, kA0, kA1, kA2, kA3, kB0, kB1, kB2, kB3, kG0, kG1, kG2, kG3, kC, kP, kW1l, kW1h, kW2l, kW2h, kSa, kSb, kCy, kZ,
  // judge: spectrum and energies, exponent e, 2^(4r-e), table input, table output, four range limbs
  kD, kE, kIpw, kIn, kOut, kQ0, kQ1, kQ2, kQ3,
  kM,     // multiplicities of the tables
  kProg,  // the song: flags, selectors, constants, table; random masks on odd rows
  kZ0,    // mask of the opening
  kZ1,    // mask of the main sumcheck (two shares)
  kPhase1Count,
  // after the first challenges: LogUp helpers (operand tables, range limbs, LOOKUP, judge range limbs, judge tables, table side)
  // and folded operand vectors
  kH1 = kPhase1Count, kH2, kHL, kHJ, kHF, kHT, kV1, kV2,
  kColumnCount
};
inline constexpr unsigned kVmColumnCount = kD;
inline constexpr unsigned kPhase2Count = kColumnCount - kPhase1Count;
extern const char* const kColumnNames[kColumnCount];

// Degree of the main sumcheck in every variable: eq * helper * four denominators.
inline constexpr unsigned kDegree = 6;
// Fresh random entries at two neighbouring rows of every column but kProg, kZ0, kZ1 (Layout::mask_at).
using zk::kMaskRows;
using zk::kZ0AtMasks;
using zk::kZ0Entries;

// Fingerprint ids of the lookup tables; never 0, never shared.
enum TableId : unsigned {
  kTableA = 1, kTableB, kTableC, kTableRange, kTableAct, kTableScore, kTableSine, kTableLog, kTableExponent, kTableSong,
  kTableIdEnd
};

// ---- Shape: the few numbers that everything follows from ----------------------------------------------------------------

struct ConvShape {
  uint32_t in_channel_bits = 0, out_channels = 0, out_channel_bits = 0;
  uint32_t out_frames = 0, out_frame_bits = 0;  // the input has out_frame_bits + 1 frame bits
  bool operator==(const ConvShape&) const = default;
};

struct Shape {
  uint32_t limb_bits = 8;     // words have 4 limbs, range limbs 2 * limb_bits bits
  uint32_t slot_bits = 5;     // K = 2^slot_bits
  uint32_t source_bits = 6;   // J = 2^source_bits: slots, t, constants
  uint32_t samples = 80000, sample_bits = 17;
  uint32_t hop_bits = 8, frames = 311, frame_bits = 9;
  uint32_t dft_bits = 9;      // 2 * bins = 2^dft_bits
  uint32_t bands = 48, band_bits = 6;
  uint32_t log_step = 32;
  std::vector<ConvShape> conv;
  int64_t head_bias = 0;
  bool operator==(const Shape&) const = default;

  uint32_t word_bits() const { return 4 * limb_bits; }
  uint32_t range_bits() const { return 2 * limb_bits; }
  uint32_t exponents() const { return 4 * range_bits(); }  // e < 4r
  uint32_t slots() const { return 1u << slot_bits; }
  uint32_t sources() const { return 1u << source_bits; }
  uint32_t first_constant() const { return slots() + 1; }  // source j > K is constant j
};

// The shape of a judge with a size class; refuses networks that do not fit the statement.
Result<Shape> make_shape(const judge::Network& net, unsigned slots);

// ---- Layout -----------------------------------------------------------------------------------------------------------

// A block of rows of size 2^bits at an aligned base.
struct Block {
  uint64_t base = 0;
  uint32_t bits = 0;
  uint64_t end() const { return base + (uint64_t{1} << bits); }
  bool operator==(const Block&) const = default;
};

struct ConvLayout {
  Block rows;            // outputs: c | i << out_channel_bits, in kIn, kOut, kQ0
  Block weights, bias;   // in the weight column: c | k << . | l << . | d << .
};

struct Layout {
  uint32_t log_n = 0;
  // program column, index v of the data row 2v
  uint64_t program_block = 0;   // J * K: block 0 flags, constants, table; blocks 1, 2, 3 selectors of a, b, c
  uint64_t constants_at = 0;    // + source j
  uint64_t song_table_at = 0;   // + index, 2^limb_bits entries
  uint64_t program_rows() const { return 8 * program_block; }  // rows 0 .. of kProg in use
  // lookup tables, rows of kM and kHT
  uint64_t tables_at = 0, tables_end = 0;
  // judge
  Block log_rows;    // b | i << band_bits, in kD (energy), kE, kIpw, kIn, kOut, kQ*
  Block dft_rows;    // c | i << dft_bits, in kD
  std::vector<ConvLayout> conv;
  uint64_t score_row = 0;
  uint64_t judge_rows = 0;  // rows of kE .. kQ3 in use (a bound)
  // weight column
  Block dft_weights, dft_bias, mel_weights, head_mean, head_square;
  uint64_t weight_rows = 0;
  // The mask rows: slots 0 and 1 of a sample past the last one, and above every region of the columns that have them.
  // The sample is a multiple of 8, so the first three rounds of the main sumcheck do not mix it with samples of the
  // song.
  uint64_t mask_at = 0;
  uint64_t used_rows = 0;  // every column is zero from here on

  uint64_t rows() const { return uint64_t{1} << log_n; }
  // Rows of the tables relative to tables_at: eight blocks of 2^range_bits in the order of the ids, the last one shared by
  // two small tables.
  static constexpr unsigned kBlockA = 0, kBlockB = 1, kBlockC = 2, kBlockRange = 3, kBlockAct = 4, kBlockScore = 5,
                            kBlockSine = 6, kBlockLog = 7;
  static_assert(kTableRange == kBlockRange + 1 && kTableSine == kBlockSine + 1 && kTableLog == kBlockLog + 1);
  uint64_t table_row(const Shape& shape, unsigned block) const {
    return tables_at + (uint64_t{block} << shape.range_bits());
  }
};

// Refuses shapes in which a region would touch the mask rows or overlap another (protocol review S9).
Result<Layout> make_layout(const Shape& shape);

// ---- Machine rows
// ---------------------------------------------------------------------------------------------------------

inline uint64_t machine_row(const Shape& s, uint64_t slot, uint64_t sample) { return sample << s.slot_bits | slot; }
// The variable that round i of the main sumcheck binds. The reduction binds variable i.
inline unsigned round_variable(const Shape& s, unsigned round) {
  return round < s.sample_bits ? round + s.slot_bits : round - s.sample_bits;
}
// A point's coordinates: the machine's variables k and t are all of them, n = slot_bits + sample_bits.
struct VmPoint {
  zk::PointSpan k, t;
  VmPoint(const Shape& s, zk::PointSpan u) : k(u.first(s.slot_bits)), t(u.subspan(s.slot_bits)) {}
};
// The point whose coordinates the rounds of the main sumcheck have drawn.
inline zk::Point point_of_rounds(const Shape& s, zk::PointSpan drawn) {
  zk::Point u(drawn.size());
  for (unsigned i = 0; i < drawn.size(); i++) u[round_variable(s, i)] = drawn[i];
  return u;
}

// ---- Program column -----------------------------------------------------------------------------------------------------

uint64_t flag_row(const Shape& shape, unsigned op, unsigned slot);
uint64_t selector_row(const Shape& shape, const Layout& layout, unsigned operand, unsigned source, unsigned slot);
uint64_t constant_row(const Layout& layout, unsigned source);
uint64_t song_table_row(const Layout& layout, unsigned index);
// Rows of the masks: all odd; at least 16 in the flag sub-block and 8 in every dyadic block above it (protocol review Z1).
std::vector<uint64_t> program_mask_rows(const Shape& shape, const Layout& layout);
// Rows of kZ0. make_layout sees to it that in_every_class holds.
inline std::vector<uint64_t> z0_rows(const Layout& l) { return zk::opening_mask_rows(l.mask_at); }
inline bool in_every_class(const Layout& l, const std::vector<uint64_t>& rows) {
  return zk::in_every_class(l.log_n, l.mask_at, rows);
}
using zk::mask_row;  // of kZ1

}  // namespace sotto::claim
