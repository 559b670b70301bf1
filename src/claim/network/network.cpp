// SPDX-License-Identifier: Apache-2.0
#include "claim/network/network.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sotto::claim::network {
namespace {

constexpr int64_t kHalf = 1 << (kCellBits - 1), kRange = 1 << kCellBits;

unsigned bits_for(uint64_t n) { return static_cast<unsigned>(std::bit_width(n - 1)); }

}  // namespace

Result<Cells> evaluate(const Network& n, std::span<const uint32_t> input) {
  if (input.size() != n.input_size)
    return input_error("the network takes " + std::to_string(n.input_size) + " numbers, not " +
                       std::to_string(input.size()));
  for (uint32_t v : input)
    if (v >= n.input_limit) return input_error("the network takes numbers below " + std::to_string(n.input_limit));
  Cells cells;
  for (auto& column : cells.column) column.resize(n.circuit.data_rows);
  for (const auto& step : n.steps) step(cells, input);
  return cells;
}

std::vector<int64_t> output_of(const Network& n, const Cells& cells) {
  const Circuit& c = n.circuit;
  std::vector<int64_t> out;
  for (uint64_t i = 0; i < c.output_rows; i++)
    for (uint64_t k = 0; k < c.output_width; k++) out.push_back(n.read_output(cells, k | i << c.output_bits));
  return out;
}

Term term(uint8_t column, int64_t scale, uint32_t base, std::vector<Factor> axes, uint8_t times) {
  unsigned bits = 0;
  for (const Factor& f : axes) bits += f.bits;
  axes.push_back(fixed(base >> bits, 0));  // finish() knows how many bits an address has
  return {column, times, scale, std::move(axes)};
}

// ---- Places

void NetworkBuilder::refuse(const std::string& why) {
  if (refusal_.empty()) refusal_ = why;
}

// Only half of a wide result is in its cell, so that no layer can read it.
void NetworkBuilder::refuse_wide(const Tensor& x) {
  if (x.offset > kHalf) refuse("a wide result is read by a layer; it can only be the output");
}

// The next block of 2^bits rows, at a multiple of its size, behind `end`.
uint32_t NetworkBuilder::take_from(uint64_t& end, unsigned bits) {
  const uint64_t size = uint64_t{1} << bits, base = (end + size - 1) / size * size;
  if (base + size > uint64_t{1} << 24) {
    refuse("more than 2^24 rows");
    return 0;
  }
  end = base + size;
  return static_cast<uint32_t>(base);
}

uint32_t NetworkBuilder::take(unsigned bits) { return take_from(rows_, bits); }
uint32_t NetworkBuilder::take_fold(unsigned bits) { return take_from(n_.folded_rows, bits); }
uint32_t NetworkBuilder::take_weights(unsigned bits) {
  const uint32_t base = take_from(weight_rows_, bits);
  weights_.resize(weight_rows_);
  return base;
}

uint32_t NetworkBuilder::matrix(const DenseLayer& layer, unsigned in_bits, unsigned out_bits) {
  const uint32_t base = take_weights(in_bits + out_bits);
  if (!refusal_.empty()) return 0;
  for (uint64_t k = 0; k < layer.out; k++)
    for (uint64_t l = 0; l < layer.in; l++) weights_[base + (l | k << in_bits)] = layer.weights[k * layer.in + l];
  n_.weight_count += layer.weights.size();
  n_.circuit.matrices.push_back({base, static_cast<uint8_t>(in_bits), static_cast<uint8_t>(out_bits), 0});
  return static_cast<uint32_t>(n_.circuit.matrices.size() - 1);
}

uint32_t NetworkBuilder::vector(const std::vector<int64_t>& values, unsigned bits) {
  const uint32_t base = take_weights(bits);
  if (refusal_.empty()) std::copy(values.begin(), values.end(), weights_.begin() + base);
  return base;
}

void NetworkBuilder::relate(std::vector<Term> terms, int64_t constant) {
  n_.circuit.relations.push_back({std::move(terms), constant, false});
}

uint32_t NetworkBuilder::table(const std::function<int64_t(int64_t)>& f) {
  std::vector<int64_t> values(kRange);
  for (int64_t cell = 0; cell < kRange; cell++) values[cell] = f(cell);
  constexpr int64_t kLimit = int64_t{1} << 31;
  if (std::ranges::any_of(values, [](int64_t v) { return v >= kLimit || v < -kLimit; }))
    refuse("a table's value has more than 32 bits");
  tables_.push_back(std::move(values));
  return kRangeTable + static_cast<uint32_t>(tables_.size());
}

// ---- Inputs

Tensor NetworkBuilder::bytes(uint32_t count) {
  if (count == 0) refuse("an input has at least one number");
  if (!refusal_.empty()) return {};
  const unsigned bits = bits_for(count);
  const uint32_t base = take(bits);
  n_.input_size = count, n_.input_limit = 256;
  n_.steps.push_back([=](Cells& c, std::span<const uint32_t> input) {
    for (uint32_t i = 0; i < count; i++) c.at(kIn, base + i) = input[i], c.at(kQ0, base + i) = input[i] << 8;
  });
  // A 16-bit number whose 256-fold is one, too.
  relate({term(kQ0, 1, base, {point(0, bits)}), term(kIn, -256, base, {point(0, bits)})});
  return {kIn, static_cast<uint8_t>(bits), static_cast<uint8_t>(bits), base, 0, 0, 255, 255 * std::sqrt(count), count};
}

Tensor NetworkBuilder::tokens(unsigned position_bits, uint32_t vocabulary) {
  if (vocabulary == 0 || position_bits > 24) refuse("tokens of no vocabulary, or at more than 2^24 positions");
  if (!refusal_.empty()) return {};
  const unsigned token_bits = bits_for(vocabulary);
  const uint32_t base = take(token_bits + position_bits);
  n_.input_size = 1u << position_bits, n_.input_limit = vocabulary;
  n_.steps.push_back([=](Cells& c, std::span<const uint32_t> input) {
    for (uint64_t i = 0; i < input.size(); i++) c.at(kC, base + (input[i] | i << token_bits)) = 1;
  });
  gate(Gate::kBit, base, token_bits + position_bits);
  // One of the tokens that exist; bits of others meet no weight.
  const uint32_t all = matrix({vocabulary, 1, std::vector<int32_t>(vocabulary, 1), {}, 0, false}, token_bits, 0);
  n_.weight_count -= vocabulary;
  relate({term(kC, 1, base, {in_matrix(all, token_bits), point(0, position_bits)})}, 1);
  return {
      kC,        static_cast<uint8_t>(token_bits), static_cast<uint8_t>(token_bits + position_bits), base, 0, 0, 1, 1,
      vocabulary};
}

// ---- Dense layers

namespace {

struct Bounds {
  double low = 0, high = 0;  // of sums
  double size = 0;           // of everything that is added up on the way
  void cover(double l, double h) { low = std::min(low, l), high = std::max(high, h); }
};

// Of all products and biases, before the shift. Exact, but for norms, as long as `size` is below 2^53.
Bounds product_bounds(const Tensor& x, const DenseLayer& layer) {
  Bounds all;
  for (size_t k = 0; k < layer.out; k++) {
    double low = 0, high = 0, squares = 0;
    for (size_t l = 0; l < layer.in; l++) {
      const double w = layer.weights[k * layer.in + l];
      low += std::min(w * x.low, w * x.high), high += std::max(w * x.low, w * x.high), squares += w * w;
    }
    const double norm = std::sqrt(squares) * x.norm, bias = layer.bias.empty() ? 0 : static_cast<double>(layer.bias[k]);
    all.cover(std::max(low, -norm) + bias, std::min(high, norm) + bias);
    all.size = std::max({all.size, -low, high, std::abs(bias)});
  }
  return all;
}

// What a dense layer adds to its products at 16 bits behind the cell: bias and rounding, the offset of the result, and
// what the offset of x brings in.
std::vector<int64_t> dense_bias(const Tensor& x, const DenseLayer& layer, const Tensor& out, int64_t rounding) {
  const int64_t multiple = int64_t{1} << (kCellBits - layer.shift);
  std::vector<int64_t> bias(size_t{1} << out.row_bits, multiple * rounding + kRange * out.offset);
  for (size_t k = 0; k < layer.out; k++) {
    if (!layer.bias.empty()) bias[k] += multiple * layer.bias[k];
    for (size_t l = 0; l < layer.in; l++) bias[k] -= multiple * x.offset * layer.weights[k * layer.in + l];
  }
  return bias;
}

void fill_dense(Cells& c, const Tensor& x, const DenseLayer& layer, const Tensor& out, int64_t rounding) {
  for (uint64_t i = 0; i < uint64_t{1} << out.position_bits(); i++)
    for (uint64_t k = 0; k < uint64_t{1} << out.row_bits; k++) {
      int64_t sum = rounding;
      if (k < layer.out) {
        if (!layer.bias.empty()) sum += layer.bias[k];
        for (uint64_t l = 0; l < layer.in; l++)
          sum += layer.weights[k * layer.in + l] * x.value(c, l | i << x.row_bits);
      }
      const uint64_t row = out.base + (k | i << out.row_bits);
      const int64_t value = (sum >> layer.shift) + out.offset;
      c.at(kIn, row) = value & (kRange - 1);
      c.at(kQ1, row) = value >> kCellBits;
      c.at(kQ0, row) = (sum << (kCellBits - layer.shift)) & (kRange - 1);
    }
}

}  // namespace

// 2^16 In + Q0 [+ 2^32 Q1] = 2^(16 - shift) (sum_l W(l, k) x(l) + bias(k) + rounding) + 2^16 2^15 [2^16 2^31]: Q0 is
// what the shift drops, and a shift below 16 is one of 16 bits of a multiple.
Tensor NetworkBuilder::dense_block(const Tensor& x, const DenseLayer& layer, Width width) {
  const unsigned out_bits = bits_for(layer.out), positions = x.position_bits();
  if (layer.shift > kCellBits) refuse("a dense layer shifts by more than 16 bits");
  refuse_wide(x);
  if (layer.in == 0 || layer.out == 0 || layer.in > x.width || layer.weights.size() != size_t{layer.in} * layer.out ||
      (!layer.bias.empty() && layer.bias.size() != layer.out))
    refuse("a dense layer's sizes do not fit");
  if (!refusal_.empty()) return x;
  const bool wide = width == Width::kWide;
  const int64_t offset = wide ? int64_t{1} << 31 : kHalf, multiple = int64_t{1} << (kCellBits - layer.shift);
  const int64_t rounding = layer.round && layer.shift > 0 ? int64_t{1} << (layer.shift - 1) : 0;
  const Bounds b = product_bounds(x, layer);
  const double step = std::ldexp(1.0, static_cast<int>(layer.shift));
  const Tensor out{kIn,
                   static_cast<uint8_t>(out_bits),
                   static_cast<uint8_t>(out_bits + positions),
                   take(out_bits + positions),
                   offset,
                   std::floor(b.low / step) - 1,
                   std::ceil(b.high / step) + 1,
                   INFINITY,
                   layer.out};
  // Entries of the bias vector are below 2^63, too.
  if (b.size > std::min(0x1p52, step * 0x1p42))
    refuse("a dense layer's products and biases cancel each other in sums of more than 42 bits");
  if (out.low < -static_cast<double>(offset) || out.high >= static_cast<double>(offset))
    refuse("a dense layer of " + std::to_string(layer.in) + " inputs and " + std::to_string(layer.out) +
           " outputs can reach " + std::to_string(std::max(-out.low, out.high)) +
           ", past its cells; a larger shift helps");

  const std::vector<int64_t> bias = dense_bias(x, layer, out, rounding);
  n_.weight_count += layer.bias.size();
  n_.activations += uint64_t{1} << out.bits;
  n_.steps.push_back([=](Cells& c, std::span<const uint32_t>) { fill_dense(c, x, layer, out, rounding); });
  const uint32_t w = matrix(layer, x.row_bits, out_bits), at = vector(bias, out_bits);
  std::vector<Term> terms{term(kIn, kRange, out.base, {point(0, out.bits)}),
                          term(kQ0, 1, out.base, {point(0, out.bits)}),
                          term(x.column, -multiple, x.base, {in_matrix(w, x.row_bits), point(out_bits, positions)}),
                          term(kWeights, -1, at, {point(0, out_bits)})};
  if (wide) terms.push_back(term(kQ1, kRange * kRange, out.base, {point(0, out.bits)}));
  relate(std::move(terms));
  return out;
}

Tensor NetworkBuilder::dense(const Tensor& x, const DenseLayer& layer) { return dense_block(x, layer, Width::kCell); }
Tensor NetworkBuilder::dense_wide(const Tensor& x, const DenseLayer& layer) {
  return dense_block(x, layer, Width::kWide);
}

Tensor NetworkBuilder::dense_relu(const Tensor& x, const DenseLayer& layer) {
  Tensor t = dense_block(x, layer, Width::kCell);
  n_.steps.push_back([t](Cells& c, std::span<const uint32_t>) {
    for (uint64_t row = t.base; row < t.base + (uint64_t{1} << t.bits); row++) {
      const int64_t top = c.at(kIn, row) >> (kCellBits - 1);
      c.at(kC, row) = top, c.at(kA, row) = top * (c.at(kIn, row) - kHalf);
      c.at(kQ1, row) = 2 * (c.at(kIn, row) - kHalf * top);
    }
  });
  gate(Gate::kRelu, t.base, t.bits);
  t.column = kA, t.offset = 0, t.low = 0, t.high = std::max(0.0, t.high);
  return t;
}

Tensor NetworkBuilder::dense_table(const Tensor& x, const DenseLayer& layer, uint32_t function) {
  Tensor t = dense_block(x, layer, Width::kCell);
  if (function <= kRangeTable || function - kRangeTable > tables_.size()) refuse("there is no such table");
  if (!refusal_.empty()) return t;
  const std::vector<int64_t> values = tables_[function - kRangeTable - 1];
  n_.steps.push_back([t, values](Cells& c, std::span<const uint32_t>) {
    for (uint64_t row = t.base; row < t.base + (uint64_t{1} << t.bits); row++) c.at(kOut, row) = values[c.at(kIn, row)];
  });
  lookups_.push_back({function, {t.base, 1u << t.bits}});
  const auto first = values.begin() + (static_cast<int64_t>(t.low) + kHalf),
             last = values.begin() + (static_cast<int64_t>(t.high) + kHalf + 1);
  t.column = kOut, t.offset = 0;
  t.low = static_cast<double>(*std::min_element(first, last)),
  t.high = static_cast<double>(*std::max_element(first, last));
  return t;
}

Tensor NetworkBuilder::embed(const Tensor& tokens, const DenseLayer& by_token,
                             const std::vector<int64_t>& by_position) {
  const unsigned width_bits = bits_for(by_token.in),
                 positions = tokens.position_bits();  // `in` is the width: row by row
  const uint64_t width = by_token.in;
  if (!std::has_single_bit(width) || by_position.size() != width << positions || by_token.out > tokens.width ||
      by_token.weights.size() != width * by_token.out)
    refuse("an embedding's sizes do not fit");
  if (!refusal_.empty()) return tokens;
  // The matrix of a relation has its input in the low bits: entry (token, channel).
  DenseLayer turned{by_token.out, by_token.in, std::vector<int32_t>(by_token.weights.size()), {}, 0, false};
  for (uint64_t v = 0; v < by_token.out; v++)
    for (uint64_t c = 0; c < width; c++) turned.weights[c * by_token.out + v] = by_token.weights[v * width + c];
  const Tensor out{kA, static_cast<uint8_t>(width_bits), static_cast<uint8_t>(width_bits + positions),
                   take(width_bits + positions)};
  Tensor sum = out;
  sum.width = by_token.in;
  const auto [t_low, t_high] = std::minmax_element(by_token.weights.begin(), by_token.weights.end());
  const auto [p_low, p_high] = std::minmax_element(by_position.begin(), by_position.end());
  sum.low = static_cast<double>(*t_low + *p_low), sum.high = static_cast<double>(*t_high + *p_high),
  sum.norm = INFINITY;
  n_.steps.push_back([=](Cells& c, std::span<const uint32_t> input) {
    for (uint64_t i = 0; i < input.size(); i++)
      for (uint64_t k = 0; k < width; k++)
        c.at(kA, out.base + (k | i << width_bits)) =
            by_token.weights[input[i] * width + k] + by_position[i * width + k];
  });
  const uint32_t w = matrix(turned, tokens.row_bits, width_bits), at = vector(by_position, out.bits);
  n_.weight_count += by_position.size();
  relate({term(kA, 1, out.base, {point(0, out.bits)}),
          term(tokens.column, -1, tokens.base, {in_matrix(w, tokens.row_bits), point(width_bits, positions)}),
          term(kWeights, -1, at, {point(0, out.bits)})});
  return sum;
}

// ---- The whole

void NetworkBuilder::output(const Tensor& x, uint32_t width) {
  Circuit& c = n_.circuit;
  if (x.column != kIn || c.output_width) refuse("the output is the result of one layer");
  if (width < x.width || width > 1u << x.row_bits) refuse("the output has another width than its layer");
  c.output_width = width, c.output_bits = x.row_bits, c.output_rows = 1u << x.position_bits();
  const bool wide = x.offset > kHalf;
  n_.read_output = [x, wide](const Cells& cells, size_t i) {
    return x.value(cells, i) + (wide ? kRange * cells.at(kQ1, x.base + i) : 0);
  };
  std::vector<Term> terms{term(kIn, 1, x.base, {point(0, x.bits)})};
  if (wide) terms.push_back(term(kQ1, kRange, x.base, {point(0, x.bits)}));
  n_.circuit.relations.push_back({std::move(terms), x.offset, true});
}

void NetworkBuilder::lay_out() {
  Circuit& c = n_.circuit;
  c.data_rows = static_cast<uint32_t>(rows_);
  c.table_rows = static_cast<uint32_t>(kRange * (1 + tables_.size()));
  c.mask_at = (std::max(c.data_rows, c.table_rows) + 7) / 8 * 8;
  const uint64_t used = std::max<uint64_t>(c.mask_at + zk::kMaskRows + zk::kZ0AtMasks, weight_rows_);
  c.log_n = std::max(12u, bits_for(used));
  for (unsigned g = 0; g < kGateCount; g++)
    if (!gates_[g].empty()) c.gates.push_back(static_cast<Gate>(g));
  const auto each_point = [&](auto&& visit) {
    for (Relation& r : c.relations)
      for (Term& t : r.terms)
        for (Factor& f : t.factors)
          if (f.kind == Factor::kPoint) visit(f);
  };
  uint32_t early = 0, late = 0;
  for (const Matrix& m : c.matrices) early = std::max<uint32_t>(early, m.point + m.out_bits);
  each_point([&](const Factor& f) {
    uint32_t& count = f.value & kLate ? late : early;
    count = std::max(count, (f.value & ~kLate) + f.bits);
  });
  c.early = static_cast<uint16_t>(early), c.late = static_cast<uint16_t>(late);
  each_point([&](Factor& f) {
    if (f.value & kLate) f.value = early + (f.value & ~kLate);
  });
  for (Relation& r : c.relations)
    for (Term& t : r.terms) {
      unsigned bits = 0;
      for (const Factor& f : t.factors) bits += f.bits;
      t.factors.back().bits = static_cast<uint8_t>(c.log_n - bits);
    }
}

void NetworkBuilder::fill_public_columns() {
  const Circuit& c = n_.circuit;
  auto& p = n_.public_columns;
  p.assign(c.public_columns(), {});
  p[kWeights - kWitnessColumns] = weights_;
  auto& lookup = p[kLookup - kWitnessColumns];
  lookup.assign(c.data_rows, kRangeTable);
  for (const auto& [table, rows] : lookups_) std::fill_n(lookup.begin() + rows.base, rows.count, table);
  for (Column column : {kTableId, kTableIn, kTableOut}) p[column - kWitnessColumns].resize(c.table_rows);
  for (uint64_t row = 0; row < c.table_rows; row++) {
    const uint64_t table = row / kRange, cell = row % kRange;
    p[kTableId - kWitnessColumns][row] = static_cast<int64_t>(kRangeTable + table);
    p[kTableIn - kWitnessColumns][row] = static_cast<int64_t>(cell);
    p[kTableOut - kWitnessColumns][row] = table == 0 ? 0 : tables_[table - 1][cell];
  }
  for (size_t i = 0; i < c.gates.size(); i++) {
    auto& selector = p[kFirstSelector - kWitnessColumns + i];
    selector.resize(c.data_rows);
    for (const Rows& rows : gates_[static_cast<unsigned>(c.gates[i])])
      std::fill_n(selector.begin() + rows.base, rows.count, 1);
  }
}

Result<Network> NetworkBuilder::finish() {
  if (n_.circuit.output_width == 0) refuse("it has no output");
  if (!refusal_.empty()) return input_error("this network cannot be proved: " + refusal_);
  lay_out();
  const Circuit& c = n_.circuit;
  if (c.log_n > 24 || !zk::in_every_class(c.log_n, c.mask_at, zk::opening_mask_rows(c.mask_at)))
    return input_error("this network cannot be proved: its rows leave no place for masks");
  fill_public_columns();
  return std::move(n_);
}

}  // namespace sotto::claim::network
