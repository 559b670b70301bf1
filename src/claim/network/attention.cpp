// SPDX-License-Identifier: Apache-2.0
// Layers of transformers: rows that are normalised, attention scores, softmax, mixing. All of them are exact integer
// functions: nothing that the prover may choose changes a value (docs/network-proof.md).
#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "claim/network/constraints.h"
#include "claim/network/network.h"

namespace sotto::claim::network {
namespace {

constexpr int64_t kHalf = 1 << (kCellBits - 1), kRange = 1 << kCellBits;
__extension__ typedef unsigned __int128 Wide;

constexpr uint8_t byte(unsigned v) { return static_cast<uint8_t>(v); }

void set_digits(Cells& c, uint64_t row, Wide v, unsigned count) {
  constexpr Column kDigits[] = {kQ0, kQ1, kQ2, kQ3};
  for (unsigned i = 0; i < count; i++, v >>= kCellBits) c.at(kDigits[i], row) = static_cast<int64_t>(v) & (kRange - 1);
  SOTTO_CHECK(v == 0);
}

// floor(2^39 / sqrt(v)): the largest r with r^2 v <= 2^78.
int64_t inverse_root(int64_t v) {
  const Wide limit = static_cast<Wide>(1) << (2 * kRootBits);
  const auto fits = [&](int64_t r) {
    return static_cast<Wide>(r) * static_cast<Wide>(r) * static_cast<Wide>(v) <= limit;
  };
  auto r = static_cast<int64_t>(std::ldexp(1.0, kRootBits) / std::sqrt(static_cast<double>(v)));
  while (!fits(r)) r--;
  while (fits(r + 1)) r++;
  return r;
}

// Statistics of a row i, in two rows of cells: at low[i] R in A, V in B, the sum S in C; at high[i] R and V once more.
struct RowStatistics {
  uint32_t low, high;
  void fill(Cells& c, uint64_t i, int64_t sum, int64_t variance) const {
    const int64_t root = inverse_root(variance);
    const Wide limit = static_cast<Wide>(1) << (2 * kRootBits), v = static_cast<Wide>(variance);
    const auto squared = [](int64_t r) { return static_cast<Wide>(r) * static_cast<Wide>(r); };
    c.at(kC, low + i) = sum;
    for (uint32_t base : {low, high}) c.at(kA, base + i) = root, c.at(kB, base + i) = variance;
    c.at(kIn, low + i) = root & (kRange - 1), c.at(kIn, high + i) = root >> kCellBits;
    set_digits(c, low + i, limit - squared(root) * v, 4);
    set_digits(c, high + i, squared(root + 1) * v - limit - 1, 4);
  }
};

// With n entries in a row: S = sum x, V = n sum x^2 - S^2 + epsilon, R = floor(2^39 / sqrt V), d = n x - S, and the
// result is d R >> 27. x is in A, d in B, R in C, the result in In.
struct NormalisedRows {
  Tensor sum;
  RowStatistics statistics;
  std::vector<Tensor> parts;
  int64_t epsilon;

  int64_t n() const { return int64_t{1} << sum.row_bits; }
  uint64_t row(int64_t k, uint64_t i) const { return sum.base + (static_cast<uint64_t>(k) | i << sum.row_bits); }

  void fill(Cells& c) const {
    for (uint64_t i = 0; i < uint64_t{1} << sum.position_bits(); i++) {
      int64_t s = 0, squares = 0;
      for (int64_t k = 0; k < n(); k++) {
        int64_t x = 0;
        for (const Tensor& p : parts) x += p.value(c, row(k, i) - sum.base);
        c.at(kA, row(k, i)) = x;
        s += x, squares += x * x;
      }
      statistics.fill(c, i, s, n() * squares - s * s + epsilon);
      for (int64_t k = 0; k < n(); k++) scale(c, row(k, i), s, c.at(kA, statistics.low + i));
    }
  }

  std::vector<Relation> relations() const {
    const unsigned width = sum.row_bits, positions = sum.position_bits();
    const auto every = [&] { return std::vector<Factor>{point(0, sum.bits)}; };
    const auto row_of = [&] { return std::vector<Factor>{point(width, positions)}; };  // of an entry
    const auto one = [&] { return std::vector<Factor>{point(0, positions)}; };
    const auto sum_over = [&] { return std::vector<Factor>{ones(width), point(0, positions)}; };
    const auto [low, high] = statistics;
    Relation total{{term(kA, 1, sum.base, every())}};
    for (const Tensor& p : parts)
      total.terms.push_back(term(p.column, -1, p.base, every())), total.constant -= p.offset;
    return {total,
            {{term(kB, 1, sum.base, every()), term(kA, -n(), sum.base, every()), term(kC, 1, low, row_of())}},
            {{term(kC, 1, sum.base, every()), term(kA, -1, low, row_of())}},
            {{term(kC, 1, low, one()), term(kA, -1, sum.base, sum_over())}},
            {{term(kB, 1, low, one()), term(kA, -n(), sum.base, sum_over(), kA), term(kC, 1, low, one(), kC)}, epsilon},
            {{term(kA, 1, low, one()), term(kIn, -1, low, one()), term(kIn, -kRange, high, one())}},
            {{term(kA, 1, high, one()), term(kA, -1, low, one())}},
            {{term(kB, 1, high, one()), term(kB, -1, low, one())}}};
  }

 private:
  void scale(Cells& c, uint64_t at, int64_t s, int64_t root) const {
    const int64_t d = n() * c.at(kA, at) - s;
    const int64_t scaled = (d * root + (int64_t{1} << (kScaleShift - 1))) * (int64_t{1} << (32 - kScaleShift));
    c.at(kB, at) = d, c.at(kC, at) = root, c.at(kIn, at) = (scaled >> 32) + kHalf;
    set_digits(c, at, static_cast<Wide>(scaled & 0xffffffff), 2);
  }
};

}  // namespace

NetworkBuilder::Normalised NetworkBuilder::normalise(const std::vector<Tensor>& parts, int64_t epsilon) {
  const Tensor& first = parts.at(0);
  const unsigned width = first.row_bits, positions = first.position_bits();
  const int64_t n = int64_t{1} << width;
  double low = 0, high = 0;
  for (const Tensor& p : parts) {
    refuse_wide(p);
    if (p.row_bits != width || p.bits != first.bits || !p.whole_rows())
      refuse("the parts of a sum have different shapes, or rows of no power of two");
    low += p.low, high += p.high;
  }
  if (std::sqrt(static_cast<double>(n - 1)) * (1 << (kRootBits - kScaleShift)) + 1 > kHalf)
    refuse("normalised rows have at most 64 entries");
  // R has two digits, and what R^2 V lacks of 2^78 has four.
  if (epsilon < 1 << 15 || static_cast<double>(n) * std::max(-low, high) > 0x1p23 || epsilon > int64_t{1} << 44)
    refuse("rows to be normalised can reach " + std::to_string(std::max(-low, high)) + " with epsilon " +
           std::to_string(epsilon));
  const Tensor sum{kA, byte(width), first.bits, take(first.bits), 0, low, high, INFINITY, static_cast<uint32_t>(n)};
  Tensor out = sum;
  const RowStatistics statistics{take(positions), take(positions)};
  if (!refusal_.empty()) return {sum, out};
  const double unit = 1 << (kRootBits - kScaleShift);
  out.column = kIn, out.offset = kHalf;
  out.high = std::sqrt(static_cast<double>(n - 1)) * unit + 1, out.low = -out.high;
  out.norm = std::sqrt(static_cast<double>(n)) * (unit + 1);
  n_.activations += uint64_t{1} << out.bits;

  const NormalisedRows rows{sum, statistics, parts, epsilon};
  n_.steps.push_back([rows](Cells& c, std::span<const uint32_t>) { rows.fill(c); });
  for (Relation& r : rows.relations()) n_.circuit.relations.push_back(std::move(r));
  gate(Gate::kScale, sum.base, first.bits);
  gate(Gate::kRootBelow, statistics.low, positions);
  gate(Gate::kRootAbove, statistics.high, positions);
  return {sum, out};
}

namespace {

// An axis of a tensor that a fold sums over, with weights eq(., point from `at`), or keeps.
struct FoldAxis {
  unsigned bits;
  bool kept;
  uint32_t at;  // early coordinate, or the place among the kept bits
};

// out[kept] = sum over the other axes of eq(axis, coordinates) value.
void fold_values(const Cells& c, const Tensor& x, const std::vector<FoldAxis>& axes, PointSpan early,
                 std::span<Fr> out) {
  std::vector<std::vector<Fr>> eq;
  for (const FoldAxis& a : axes) eq.push_back(a.kept ? std::vector<Fr>{} : zk::eq_table(early.subspan(a.at, a.bits)));
  for (uint64_t row = 0; row < uint64_t{1} << x.bits; row++) {
    Fr v = Fr::from_signed(x.value(c, row));
    uint64_t rest = row, kept = 0;
    for (size_t i = 0; i < axes.size(); rest >>= axes[i].bits, i++) {
      const uint64_t index = rest & ((uint64_t{1} << axes[i].bits) - 1);
      if (axes[i].kept)
        kept |= index << axes[i].at;
      else
        v *= eq[i][index];
    }
    out[kept] += v;
  }
}

}  // namespace

// V[kept axes] = sum over the others of eq(axis, r) x, at a random point s of the kept axes: axes from the lowest bit
// of x, early points are folded and late ones kept.
void NetworkBuilder::fold(const Tensor& x, std::vector<Factor> axes, uint8_t column, uint32_t base, unsigned bits) {
  std::vector<FoldAxis> split;
  for (const Factor& f : axes) split.push_back({f.bits, (f.value & kLate) != 0, f.value & ~kLate});
  relate({term(x.column, 1, x.base, std::move(axes)), term(column, -1, base, {point(kLate, bits)})}, x.offset);
  n_.folds.push_back([=](const Cells& c, PointSpan early, std::vector<Fr>& v1, std::vector<Fr>& v2) {
    fold_values(c, x, split, early, std::span(column == kV1 ? v1 : v2).subspan(base, size_t{1} << bits));
  });
}

namespace {

// Products of two secret matrices, summed and shifted into cells.
struct ProductCells {
  uint32_t base;
  unsigned shift;
  int64_t multiple() const { return int64_t{1} << (kCellBits - shift); }
  int64_t rounding() const { return int64_t{1} << (shift - 1); }
  int64_t constant() const { return multiple() * rounding() + kRange * kHalf; }
  void set(Cells& c, uint64_t x, int64_t sum) const {
    c.at(kIn, base + x) = ((sum + rounding()) >> shift) + kHalf;
    c.at(kQ0, base + x) = (sum + rounding()) * multiple() & (kRange - 1);
  }
};

}  // namespace

Tensor NetworkBuilder::scores(const Tensor& q, const Tensor& k, unsigned head_bits, unsigned shift) {
  const unsigned positions = q.position_bits(), width = q.row_bits - head_bits, bits = 2 * positions + head_bits;
  refuse_wide(q), refuse_wide(k);
  if (q.bits != k.bits || q.row_bits != k.row_bits || head_bits > q.row_bits || !q.whole_rows() || !k.whole_rows())
    refuse("queries and keys have different shapes, or rows of no power of two");
  if (shift == 0 || shift > kCellBits) refuse("scores are shifted by 1 to 16 bits");
  const double reach = std::ldexp(1.0, static_cast<int>(width)) * std::max(-q.low, q.high) * std::max(-k.low, k.high);
  const double largest = std::ldexp(std::min(reach, q.norm * k.norm), -static_cast<int>(shift)) + 1;
  if (largest >= kHalf || reach > 0x1p60) refuse("scores can reach " + std::to_string(largest) + ", past their cells");
  if (!refusal_.empty()) return q;
  const ProductCells product{take(bits), shift};
  const Tensor out{kIn, byte(positions), byte(bits), product.base, kHalf, -largest, largest, INFINITY, 1u << positions};
  n_.activations += uint64_t{1} << bits;
  n_.steps.push_back([=](Cells& c, std::span<const uint32_t>) {
    for (uint64_t h = 0; h < uint64_t{1} << head_bits; h++)
      for (uint64_t i = 0; i < uint64_t{1} << positions; i++)
        for (uint64_t j = 0; j < uint64_t{1} << positions; j++) {
          int64_t sum = 0;
          for (uint64_t d = h << width; d < (h + 1) << width; d++)
            sum += q.value(c, d | i << q.row_bits) * k.value(c, d | j << k.row_bits);
          product.set(c, j | i << positions | h << (2 * positions), sum);
        }
  });
  // Coordinates: j, i, h. V1[d, h] = sum_i eq(i, r_i) q, V2[d, h] = sum_j eq(j, r_j) k.
  const unsigned fold_bits = width + head_bits;
  const uint32_t base = take_fold(fold_bits);
  fold(q, {point(kLate, fold_bits), point(positions, positions)}, kV1, base, fold_bits);
  fold(k, {point(kLate, fold_bits), point(0, positions)}, kV2, base, fold_bits);
  relate({term(kIn, kRange, out.base, {point(0, bits)}), term(kQ0, 1, out.base, {point(0, bits)}),
          term(kV1, -product.multiple(), base, {ones(width), point(2 * positions, head_bits)}, kV2)},
         product.constant());
  return out;
}

namespace {

// 2^16 exp(-cell 2^-scale)
int64_t exponential_of(int64_t cell, unsigned scale) {
  const double x = std::ldexp(static_cast<double>(cell), -static_cast<int>(scale));
  return static_cast<int64_t>(std::nearbyint(std::ldexp(std::exp(-x), kCellBits)));
}

// Two blocks of rows for a block of scores. `shifted`: A is the score; B is the same all along a row, and the
// difference In = B - score, which is not negative, is 0 somewhere: B is the greatest score. One-hot C says where; Out
// is the exponential of the difference. `divided`: A is the exponential, B the sum of its row, In = 2^16 A / (2 B)
// rounded.
struct SoftmaxRows {
  Tensor s;
  uint32_t shifted, divided;
  unsigned head_bits, scale;
  int64_t masked_value;

  uint64_t size() const { return uint64_t{1} << s.row_bits; }
  bool is_masked(uint64_t x) const { return (x & (size() - 1)) > (x >> s.row_bits & (size() - 1)); }

  void fill(Cells& c) const {
    for (uint64_t row = 0; row < uint64_t{1} << s.bits; row += size()) {
      const auto score = [&](uint64_t x) { return is_masked(x) ? masked_value : s.value(c, x); };
      uint64_t best = row;
      for (uint64_t x = row; x < row + size(); x++)
        if (score(x) > score(best)) best = x;
      int64_t total = 0;
      for (uint64_t x = row; x < row + size(); x++) {
        c.at(kA, shifted + x) = s.value(c, x), c.at(kB, shifted + x) = score(best), c.at(kC, shifted + x) = x == best;
        c.at(kIn, shifted + x) = score(best) - score(x);
        total += c.at(kOut, shifted + x) = exponential_of(score(best) - score(x), scale);
      }
      for (uint64_t x = row; x < row + size(); x++) divide(c, x, total);
    }
  }

  std::vector<Relation> relations() const {
    const unsigned positions = s.row_bits, rest = positions + head_bits;
    const auto every = [&] { return std::vector<Factor>{point(0, s.bits)}; };
    return {{{term(kA, 1, shifted, every()), term(s.column, -1, s.base, every())}, -s.offset},
            {{term(kB, 1, shifted, every()), term(kB, -1, shifted, {fixed(0, positions), point(positions, rest)})}},
            {{term(kC, 1, shifted, {ones(positions), point(0, rest)})}, 1},
            {{term(kA, 1, divided, every()), term(kOut, -1, shifted, every())}},
            {{term(kB, 1, divided, every()), term(kOut, -1, shifted, {ones(positions), point(positions, rest)})}}};
  }

 private:
  void divide(Cells& c, uint64_t x, int64_t total) const {
    const int64_t e = c.at(kOut, shifted + x), numerator = kRange * e + total, remainder = numerator % (2 * total);
    c.at(kA, divided + x) = e, c.at(kB, divided + x) = total, c.at(kIn, divided + x) = numerator / (2 * total);
    set_digits(c, divided + x, static_cast<Wide>(remainder | (2 * total - 1 - remainder) << 32), 4);
  }
};

}  // namespace

Tensor NetworkBuilder::softmax(const Tensor& s, unsigned head_bits, unsigned scale, int64_t masked_value) {
  const unsigned positions = s.row_bits, bits = s.bits;
  refuse_wide(s);
  if (bits != 2 * positions + head_bits || !s.whole_rows()) refuse("scores have another shape");
  const double reach =
      std::max(s.high, static_cast<double>(masked_value)) - std::min(s.low, static_cast<double>(masked_value));
  if (reach >= kRange) refuse("differences of scores can reach " + std::to_string(reach) + ", past their cells");
  if (exponential_table_ != 0 && n_.circuit.masked_value != masked_value) refuse("all layers mask with one value");
  if (!refusal_.empty()) return s;
  n_.circuit.masked_value = masked_value;
  const auto exponential = [scale](int64_t cell) { return exponential_of(cell, scale); };
  if (exponential_table_ == 0) exponential_table_ = table(exponential), exponential_scale_ = scale;
  if (exponential_scale_ != scale) refuse("all layers have scores of one scale");
  const uint32_t shifted = take(bits), divided = take(bits);
  const Tensor out{kIn, s.row_bits, s.bits, divided, 0, 0, 1 << 15, INFINITY, 1u << positions};
  n_.activations += uint64_t{2} << bits;
  const SoftmaxRows rows{s, shifted, divided, head_bits, scale, masked_value};
  n_.steps.push_back([rows](Cells& c, std::span<const uint32_t>) { rows.fill(c); });
  for (Relation& r : rows.relations()) n_.circuit.relations.push_back(std::move(r));
  gate(Gate::kBit, shifted, bits);
  gate(Gate::kZero, shifted, bits);
  for (uint64_t x = 0; x < uint64_t{1} << bits; x++)
    gate(rows.is_masked(x) ? Gate::kMasked : Gate::kShift, static_cast<uint32_t>(shifted + x), 0);
  lookups_.push_back({exponential_table_, {shifted, 1u << bits}});
  gate(Gate::kDivide, divided, bits);
  return out;
}

Tensor NetworkBuilder::mix(const Tensor& shares, const Tensor& v, unsigned head_bits) {
  const unsigned positions = v.position_bits(), width = v.row_bits - head_bits;
  refuse_wide(v);
  if (shares.bits != 2 * positions + head_bits || shares.row_bits != positions || head_bits > v.row_bits ||
      !v.whole_rows())
    refuse("shares and values have different shapes");
  if (shares.low < 0 || shares.high > 1 << 15) refuse("values are mixed by what is no softmax");
  if (!refusal_.empty()) return v;
  const ProductCells product{take(v.bits), 15};
  Tensor out = v;
  const double slack = 1 + std::ldexp(1.0, static_cast<int>(positions) - 16);  // shares are rounded one by one
  out.column = kIn, out.base = product.base, out.offset = kHalf, out.norm = INFINITY;
  out.low = std::floor(std::min(v.low, 0.0) * slack) - 1, out.high = std::ceil(std::max(v.high, 0.0) * slack) + 1;
  if (out.low < -static_cast<double>(kHalf) || out.high >= static_cast<double>(kHalf))
    refuse("mixed values can leave their cells");
  n_.activations += uint64_t{1} << v.bits;
  n_.steps.push_back([=](Cells& c, std::span<const uint32_t>) {
    for (uint64_t i = 0; i < uint64_t{1} << positions; i++)
      for (uint64_t k = 0; k < uint64_t{1} << v.row_bits; k++) {
        int64_t sum = 0;
        for (uint64_t j = 0; j < uint64_t{1} << positions; j++)
          sum +=
              shares.value(c, j | i << positions | (k >> width) << (2 * positions)) * v.value(c, k | j << v.row_bits);
        product.set(c, k | i << v.row_bits, sum);
      }
  });
  // Coordinates: d, h, i. V1[j, h] = sum_i eq(i, r_i) shares, V2[j, h] = sum_d eq(d, r_d) v.
  const unsigned fold_bits = positions + head_bits;
  const uint32_t base = take_fold(fold_bits);
  fold(shares, {point(kLate, positions), point(v.row_bits, positions), point(kLate + positions, head_bits)}, kV1, base,
       fold_bits);
  fold(v, {point(0, width), point(kLate + positions, head_bits), point(kLate, positions)}, kV2, base, fold_bits);
  relate({term(kIn, kRange, out.base, {point(0, v.bits)}), term(kQ0, 1, out.base, {point(0, v.bits)}),
          term(kV1, -product.multiple(), base, {ones(positions), point(width, head_bits)}, kV2)},
         product.constant());
  return out;
}

}  // namespace sotto::claim::network
