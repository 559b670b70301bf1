// SPDX-License-Identifier: Apache-2.0
// What is proved about a network with a private input: columns, gates, and relations as data. One list of relations is
// read by prover, native verifier and contract (docs/network-proof.md).
//
//   cells      a column holds integers; "row" is where. Rows below data_rows are looked up and may have gates.
//   gate       a constraint on the cells of one row, on the rows that its public selector column marks (constraints.h)
//   relation   sum of terms = constant, at a random point: sum_x w(x) f(x) [g(x)] with a weight w that is a product of
//   factors,
//              one for each field of bits of x
#pragma once
#include <cstdint>
#include <vector>

#include "zk/commit/opening_mask.h"
#include "zk/poly/multilinear.h"

namespace sotto::claim::network {

using zk::Fr;
using zk::Point;
using zk::PointSpan;

// ---- Columns, in the order of the transcript. Public columns are numbered behind the witness.

enum Column : uint8_t {
  // phase 1
  kIn,
  kOut,  // argument and value of a lookup: 16-bit cells
  kA,
  kB,
  kC,  // operands of gates
  kQ0,
  kQ1,
  kQ2,
  kQ3,  // remainders and digits: 16-bit cells
  kM,   // multiplicities of the tables' rows
  kZ0,
  kZ1,  // masks of the opening and of the sumcheck
  // phase 2
  kH1,
  kH2,
  kHT,  // lookup helpers of data rows and of the tables
  kV1,
  kV2,  // folded factors of products of two secret matrices
  kWitnessColumns,
  // public, committed in the key
  kWeights = kWitnessColumns,  // all matrices and vectors of the network
  kLookup,                     // which table kIn, kOut of this row are looked up in
  kTableId,
  kTableIn,
  kTableOut,       // the tables
  kFirstSelector,  // then one per gate in use, in the order of Gate
};
inline constexpr unsigned kPhase1Columns = kH1;
inline constexpr unsigned kPhase2Columns = kWitnessColumns - kH1;
inline constexpr unsigned kCellBits = 16;  // of looked up cells

// What relations may read: neither masks nor what only lookups need.
constexpr bool is_readable(unsigned column) {
  return column < kM || column == kV1 || column == kV2 || column == kWeights;
}

// ---- Gates

enum class Gate : uint8_t { kBit, kZero, kRelu, kScale, kRootBelow, kRootAbove, kShift, kMasked, kDivide };
inline constexpr unsigned kGateCount = 9;
// Constraints of each gate (constraints.h).
inline constexpr unsigned kGateConstraints[kGateCount] = {1, 1, 3, 1, 1, 1, 1, 1, 2};

// The table of all 16-bit numbers is table 1: (v, 0). Function tables have higher numbers.
inline constexpr unsigned kRangeTable = 1;

// ---- Relations

struct Factor {
  enum Kind : uint8_t {
    kBits,    // eq(field, value): the field's bits are these
    kPoint,   // eq(field, r): coordinates of the relation's point from `value` on
    kOnes,    // 1: a plain sum over the field
    kMatrix,  // W(field, r): the entry of matrix `value`, whose columns are at the matrix' coordinates
  };
  Kind kind = kBits;
  uint8_t bits = 0;
  uint32_t value = 0;
  bool operator==(const Factor&) const = default;
};
inline constexpr unsigned kMaxFactors = 5;
inline constexpr uint8_t kNoColumn = 255;

struct Term {
  uint8_t column = 0, times = kNoColumn;  // f, and g or none
  int64_t scale = 1;
  std::vector<Factor> factors;  // from the lowest bit of a row upwards; their bits add up to log_n
  bool operator==(const Term&) const = default;
};

struct Relation {
  std::vector<Term> terms;
  int64_t constant = 0;
  bool output = false;  // plus the extension of the public output at the relation's point
  bool operator==(const Relation&) const = default;
};

// A block of the weight column, entry (l, k) at base + l + 2^in_bits k; k is bound at coordinates from `point` on.
struct Matrix {
  uint32_t base = 0;
  uint8_t in_bits = 0, out_bits = 0;
  uint16_t point = 0;
  bool operator==(const Matrix&) const = default;
};

// Points: coordinates [0, early) are drawn after phase 1 and shared by all relations (each relation is an identity of
// its own; within one, every axis has its own coordinates); [early, early + late) are drawn after phase 2, for folded
// columns.
struct Circuit {
  uint32_t log_n = 0;
  uint32_t data_rows = 0, table_rows = 0;  // lookups and gates are below data_rows, tables below table_rows
  uint32_t mask_at = 0;                    // two mask rows; above everything else
  uint16_t early = 0, late = 0;
  int64_t masked_value = 0;  // what stands for a score where the attention mask is set
  // The public output: output_rows rows of output_width values; in its tensor a row has 2^output_bits, zero past the
  // width.
  uint32_t output_width = 0, output_bits = 0, output_rows = 0;
  std::vector<Gate> gates;  // in use, ascending
  std::vector<Matrix> matrices;
  std::vector<Relation> relations;

  unsigned public_columns() const { return kFirstSelector - kWitnessColumns + static_cast<unsigned>(gates.size()); }
  unsigned columns() const { return kWitnessColumns + public_columns(); }
  size_t outputs() const { return size_t{output_width} * output_rows; }
  size_t points() const { return size_t{early} + late; }
  bool operator==(const Circuit&) const = default;
};

}  // namespace sotto::claim::network
