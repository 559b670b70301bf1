// SPDX-License-Identifier: Apache-2.0
// Which constraints of a network some cells break: read off circuit.h row by row and relation by relation, without polynomials.
#pragma once
#include <bit>
#include <random>
#include <set>

#include "support/network_toy.h"

namespace sotto::network_attack {

class Audit {
 public:
  explicit Audit(const Subject& s) : s_(s), c_(s.circuit()), names_(constraint_names(s)) {
    std::mt19937_64 random(1);
    for (size_t i = 0; i < c_.points(); i++) point_.push_back(Fr(random()) * Fr(random()) * Fr(random()) * Fr(random()) + Fr(random()));
  }

  // Names of what does not hold; folded columns are taken to be what they should be.
  std::set<std::string> broken(const Plan& plan) const {
    std::set<std::string> out;
    const Columns t = columns(plan);
    gates(t, out);
    lookups(t, out);
    std::vector<Fr> v1(s_.network().folded_rows), v2(v1);
    for (const auto& fold : s_.network().folds) fold(plan.cells, point_, v1, v2);
    for (size_t i = 0; i < c_.relations.size(); i++)
      if (!holds(c_.relations[i], t, v1, v2, plan.output)) out.insert(s_.relations[i]);
    return out;
  }

  // Whether a gate or a relation reads a cell.
  bool is_read(unsigned column, uint64_t row) const {
    for (size_t i = 0; i < c_.gates.size(); i++)
      if (selected(i, row) && (kReads[static_cast<unsigned>(c_.gates[i])] >> column & 1)) return true;
    for (const Relation& r : c_.relations)
      for (const Term& t : r.terms)
        if (const Block b = block_of(t); (t.column == column || t.times == column) && row - b.base < b.size) return true;
    return false;
  }
  bool selected(size_t gate, uint64_t row) const { return s_.network().public_columns[kFirstSelector - kWitnessColumns + gate][row] != 0; }

 private:
  using Columns = std::array<std::vector<Fr>, kM>;
  static constexpr unsigned kDigits = 1u << kQ0 | 1u << kQ1 | 1u << kQ2 | 1u << kQ3;
  // Columns that each gate reads (constraints.h).
  static constexpr unsigned kReads[kGateCount] = {
      1u << kC,
      1u << kC | 1u << kIn,
      1u << kC | 1u << kIn | 1u << kA | 1u << kQ1,
      1u << kIn | 1u << kB | 1u << kC | 1u << kQ0 | 1u << kQ1,
      1u << kA | 1u << kB | kDigits,
      1u << kA | 1u << kB | kDigits,
      1u << kIn | 1u << kA | 1u << kB,
      1u << kIn | 1u << kB,
      1u << kIn | 1u << kA | 1u << kB | kDigits};

  Columns columns(const Plan& plan) const {
    Columns t;
    for (unsigned column = 0; column < kM; column++)
      for (int64_t v : plan.cells.column[column]) t[column].push_back(Fr::from_signed(v));
    for (const ProverState::Lie& l : plan.lies)
      if (l.column < kM) t[l.column][l.row] += l.value;
    return t;
  }

  void gates(const Columns& t, std::set<std::string>& out) const {
    const Numbers numbers(c_.masked_value);
    for (size_t i = 0; i < c_.gates.size(); i++)
      for (uint64_t row = 0; row < c_.data_rows; row++) {
        if (!selected(i, row)) continue;
        Fr values[3];
        gate_constraints<Fr>(c_.gates[i], numbers, [&](unsigned column) { return t[column][row]; }, values);
        for (unsigned k = 0; k < kGateConstraints[static_cast<unsigned>(c_.gates[i])]; k++)
          if (!values[k].is_zero()) out.insert(gate_name(c_.gates[i]) + " " + std::to_string(k));
      }
  }

  void lookups(const Columns& t, std::set<std::string>& out) const {
    const auto& p = s_.network().public_columns;
    for (uint64_t row = 0; row < c_.data_rows; row++) {
      for (Column q : {kQ0, kQ1, kQ2, kQ3})
        if (!cell(t[q][row])) out.insert("lookups");
      const auto in = cell(t[kIn][row]);
      const uint64_t first = static_cast<uint64_t>(p[kLookup - kWitnessColumns][row] - kRangeTable) << kCellBits;
      if (!in || t[kOut][row] != Fr::from_signed(p[kTableOut - kWitnessColumns][first + *in])) out.insert("lookups");
    }
  }
  static std::optional<uint64_t> cell(const Fr& v) {
    const auto limbs = v.to_limbs();
    if (limbs[1] | limbs[2] | limbs[3] | limbs[0] >> kCellBits) return {};
    return limbs[0];
  }

  Fr weight(const Term& t, uint64_t x) const {
    Fr w = Fr::from_signed(t.scale);
    for (const Factor& f : t.factors) {
      const uint64_t field = x & ((uint64_t{1} << f.bits) - 1);
      x >>= f.bits;
      if (f.kind == Factor::kPoint) w *= zk::eq_index(zk::PointSpan(point_).subspan(f.value, f.bits), field);
      if (f.kind == Factor::kMatrix) {
        const Matrix& m = c_.matrices[f.value];
        Fr sum;
        for (uint64_t k = 0; k < uint64_t{1} << m.out_bits; k++)
          if (const int64_t v = s_.network().public_columns[0][m.base + field + (k << m.in_bits)])
            sum += Fr::from_signed(v) * zk::eq_index(zk::PointSpan(point_).subspan(m.point, m.out_bits), k);
        w *= sum;
      }
      if (f.kind == Factor::kBits && field != f.value) return Fr::zero();
    }
    return w;
  }
  bool holds(const Relation& r, const Columns& t, const std::vector<Fr>& v1, const std::vector<Fr>& v2,
             const std::vector<int64_t>& output) const {
    const auto value = [&](unsigned column, uint64_t x) {
      if (column == kWeights) return Fr::from_signed(s_.network().public_columns[0][x]);
      return column == kV1 ? v1[x] : column == kV2 ? v2[x] : t[column][x];
    };
    Fr sum = -Fr::from_signed(r.constant);
    for (const Term& term : r.terms) {
      const Block b = block_of(term);
      for (uint64_t x = b.base; x < b.base + b.size; x++) {
        const Fr f = value(term.column, x) * (term.times == kNoColumn ? Fr::one() : value(term.times, x));
        if (!f.is_zero()) sum += weight(term, x) * f;
      }
    }
    if (r.output)
      for (size_t i = 0; i < output.size(); i++) {
        const uint64_t entry = i % c_.output_width | i / c_.output_width << c_.output_bits;
        sum -= Fr::from_signed(output[i]) * zk::eq_index(zk::PointSpan(point_).first(output_bits()), entry);
      }
    return sum.is_zero();
  }
  unsigned output_bits() const { return c_.output_bits + static_cast<unsigned>(std::bit_width(c_.output_rows - 1)); }

  const Subject& s_;
  const Circuit& c_;
  std::vector<std::string> names_;
  Point point_;
};

}  // namespace sotto::network_attack
