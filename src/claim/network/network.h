// SPDX-License-Identifier: Apache-2.0
// A network over integers that can be proved, built from layers. Building a layer says in one place where its values
// lie, which relations and gates hold, how it is computed, and between which bounds every value stays for every input:
// a network that could leave the 16-bit cells is refused, so each input has a proof and one output.
//
// Fixed point: a tensor of scale s holds round(x 2^s); layers shift from the scale of a product to that of their
// result.
#pragma once
#include <array>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"
#include "claim/network/circuit.h"

namespace sotto::claim::network {

// Integers of the witness below data_rows, per column kIn .. kQ3.
struct Cells {
  std::array<std::vector<int64_t>, kM> column;
  int64_t& at(unsigned c, uint64_t row) { return column[c][row]; }
  int64_t at(unsigned c, uint64_t row) const { return column[c][row]; }
};

struct Network {
  Circuit circuit;
  // kWeights, kLookup, kTableId, kTableIn, kTableOut, selectors: by column - kWitnessColumns.
  std::vector<std::vector<int64_t>> public_columns;
  uint32_t input_size = 0, input_limit = 0;  // numbers below the limit
  uint64_t weight_count = 0;                 // entries of matrices and vectors as given
  uint64_t activations = 0;                  // values that are rounded or looked up

  std::vector<std::function<void(Cells&, std::span<const uint32_t>)>> steps;
  // Fills kV1, kV2: folds of cells at the early coordinates of the point.
  std::vector<std::function<void(const Cells&, PointSpan, std::vector<Fr>&, std::vector<Fr>&)>> folds;
  std::function<int64_t(const Cells&, size_t)> read_output;
  uint64_t folded_rows = 0;
};

// Every value on the way from an input to the output. Errors: an input of the wrong size or out of range.
Result<Cells> evaluate(const Network& network, std::span<const uint32_t> input);
// The public output, row by row.
std::vector<int64_t> output_of(const Network& network, const Cells& cells);

// Values in a block of rows: entry x is cell(column, base + x) - offset, between low and high; a row of 2^row_bits
// entries has a Euclidean norm of at most `norm`.
struct Tensor {
  uint8_t column = kIn;
  uint8_t row_bits = 0, bits = 0;
  uint32_t base = 0;
  int64_t offset = 0;
  double low = 0, high = 0, norm = 0;
  uint32_t width = 0;  // entries of a row that layers may read; those behind them are zero, or whatever a prover likes
  bool whole_rows() const { return width == 1u << row_bits; }
  unsigned position_bits() const { return bits - row_bits; }
  int64_t value(const Cells& cells, uint64_t x) const { return cells.at(column, base + x) - offset; }
};

struct DenseLayer {
  uint32_t in = 0, out = 0;
  std::vector<int32_t> weights;  // row by row: out x in
  std::vector<int64_t> bias;     // at the scale of the product; empty: none
  unsigned shift = 16;           // of the product
  bool round = true;             // to nearest, halves up; else downwards
};

// Layers, in order. A builder is used up by finish(); the first layer that does not fit makes that an error.
class NetworkBuilder {
 public:
  // The input: `count` numbers below 256, as one row.
  Tensor bytes(uint32_t count);
  // The input: 2^position_bits tokens below `vocabulary`, one-hot.
  Tensor tokens(unsigned position_bits, uint32_t vocabulary);
  // A function of 16-bit cells c, 0 <= c < 2^16, with values of 32 bits; a dense layer's value x is in cell x + 2^15.
  uint32_t table(const std::function<int64_t(int64_t cell)>& f);

  // Every row of x times a matrix, plus bias, shifted right.
  Tensor dense(const Tensor& x, const DenseLayer& layer);
  Tensor dense_relu(const Tensor& x, const DenseLayer& layer);
  // The same followed by a function table.
  Tensor dense_table(const Tensor& x, const DenseLayer& layer, uint32_t function);
  // Results of up to 32 bits, for outputs only.
  Tensor dense_wide(const Tensor& x, const DenseLayer& layer);
  // Row of `by_token` (vocabulary x width) plus row of `by_position`.
  Tensor embed(const Tensor& tokens, const DenseLayer& by_token, const std::vector<int64_t>& by_position);

  // sum of tensors, and every row of it normalised: (x - mean) / sqrt(variance + epsilon), with 12 bits behind the
  // point. epsilon is at the square of the scale of x and times the square of the width.
  struct Normalised {
    Tensor sum, result;
  };
  Normalised normalise(const std::vector<Tensor>& parts, int64_t epsilon);

  // Attention with 2^head_bits heads: rows of q and k are split into heads of equal width.
  // scores[h, i, j] = sum_d q[i, h, d] k[j, h, d] >> shift
  Tensor scores(const Tensor& q, const Tensor& k, unsigned head_bits, unsigned shift);
  // Row by row over j: shares of 2^15 in proportion to exp(x 2^-scale); scores with j > i are replaced by masked_value.
  Tensor softmax(const Tensor& scores, unsigned head_bits, unsigned scale, int64_t masked_value);
  // [i, h, d] = sum_j shares[h, i, j] v[j, h, d] >> 15
  Tensor mix(const Tensor& shares, const Tensor& v, unsigned head_bits);

  // Makes the result of a layer public: `width` values of every row, zero behind them.
  void output(const Tensor& x, uint32_t width);

  Result<Network> finish();

 private:
  enum class Width { kCell, kWide };
  void refuse(const std::string& why);
  void refuse_wide(const Tensor& x);
  uint32_t take_from(uint64_t& end, unsigned bits);
  uint32_t take(unsigned bits);  // data rows
  uint32_t take_weights(unsigned bits);
  uint32_t take_fold(unsigned bits);  // of kV1 and kV2
  uint32_t matrix(const DenseLayer& layer, unsigned in_bits, unsigned out_bits);
  uint32_t vector(const std::vector<int64_t>& values, unsigned bits);
  void gate(Gate g, uint32_t base, unsigned bits) { gates_[static_cast<unsigned>(g)].push_back({base, 1u << bits}); }
  void relate(std::vector<Term> terms, int64_t constant = 0);
  Tensor dense_block(const Tensor& x, const DenseLayer& layer, Width width);
  void fold(const Tensor& x, std::vector<Factor> axes, uint8_t column, uint32_t base, unsigned bits);
  void lay_out();
  void fill_public_columns();

  struct Rows {
    uint32_t base, count;
    bool contains(uint64_t row) const { return row - base < count; }
  };
  Network n_;
  std::string refusal_;
  uint64_t rows_ = 0, weight_rows_ = 0;
  std::vector<int64_t> weights_;
  std::vector<std::pair<uint32_t, Rows>> lookups_;  // (table, rows) where it is not the range table
  std::array<std::vector<Rows>, kGateCount> gates_;
  std::vector<std::vector<int64_t>> tables_;  // of functions: table 2 and on
  uint32_t exponential_table_ = 0;
  unsigned exponential_scale_ = 0;
};

// ---- For builders: factors of a term, from the lowest bit upwards, and the term; its last factor is the block's
// address.

constexpr uint32_t kLate = 1u << 20;  // coordinates that are drawn after phase 2, until finish() has numbered them
inline Factor point(uint32_t at, unsigned bits) { return {Factor::kPoint, static_cast<uint8_t>(bits), at}; }
inline Factor ones(unsigned bits) { return {Factor::kOnes, static_cast<uint8_t>(bits), 0}; }
inline Factor fixed(uint32_t value, unsigned bits) { return {Factor::kBits, static_cast<uint8_t>(bits), value}; }
inline Factor in_matrix(uint32_t matrix, unsigned bits) {
  return {Factor::kMatrix, static_cast<uint8_t>(bits), matrix};
}
Term term(uint8_t column, int64_t scale, uint32_t base, std::vector<Factor> axes, uint8_t times = kNoColumn);

}  // namespace sotto::claim::network
