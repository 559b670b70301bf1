// SPDX-License-Identifier: Apache-2.0
#include "claim/network/statement.h"

#include "base/keccak.h"
#include "zk/commit/opening.h"

namespace sotto::claim::network {

Bytes output_words(const std::vector<int64_t>& output) {
  Bytes out;
  for (int64_t v : output) append(out, Fr::from_signed(v).to_bytes());
  return out;
}

Bytes transcript_statement(const Statement& s) {
  Bytes out;
  append(out, keccak256(kNetworkTag));
  append(out, s.key_id);
  append(out, s.context);
  append(out, keccak256(output_words(s.output)));
  return out;
}

namespace {

size_t matrix_factors(const Circuit& c) {
  size_t n = 0;
  for (const Relation& r : c.relations)
    for (const Term& t : r.terms)
      for (const Factor& f : t.factors) n += f.kind == Factor::kMatrix;
  return n;
}

}  // namespace

ProofSizes proof_sizes(const Circuit& c) {
  ProofSizes p{};
  p.phase1 = 64 * kPhase1Columns + 32;
  p.phase2 = 64 * kPhase2Columns;
  p.main_round = 32 * kDegree;
  p.evaluations = 32 * (evaluated_columns(c) + matrix_factors(c));
  p.reduction_round = 32 * 2;
  p.finals = 32 * 3;
  p.total = p.phase1 + p.phase2 + c.log_n * (p.main_round + p.reduction_round) + p.evaluations + p.finals +
            zk::kOpeningBytes;
  return p;
}

std::vector<Point> matrix_points(const Circuit& c, PointSpan point, PointSpan u) {
  std::vector<Point> out;
  for (const Relation& r : c.relations)
    for (const Term& t : r.terms) {
      unsigned at = 0;
      for (const Factor& f : t.factors) {
        if (f.kind == Factor::kMatrix) {
          const Matrix& m = c.matrices[f.value];
          Point p(u.begin() + at, u.begin() + at + m.in_bits);
          p.insert(p.end(), point.begin() + m.point, point.begin() + m.point + m.out_bits);
          for (unsigned i = static_cast<unsigned>(p.size()); i < c.log_n; i++)
            p.push_back(Fr(uint64_t{m.base >> i & 1}));
          out.push_back(std::move(p));
        }
        at += f.bits;
      }
    }
  return out;
}

// The output's tensor has the index k + 2^output_bits i, coordinates of k first.
Fr relation_constant(const Circuit& c, const Challenges& ch, const std::vector<int64_t>& output) {
  unsigned row_bits = 0;
  while (1u << row_bits < c.output_rows) row_bits++;
  Fr sum;
  const Fr* alpha = ch.alpha.data() + first_relation_power(c);
  for (const Relation& r : c.relations) {
    Fr constant = Fr::from_signed(r.constant);
    if (r.output) {
      const std::vector<Fr> columns = zk::eq_table(PointSpan(ch.point).first(c.output_bits));
      const std::vector<Fr> rows = zk::eq_table(PointSpan(ch.point).subspan(c.output_bits, row_bits));
      for (size_t i = 0; i < c.output_rows; i++) {
        Fr row;
        for (size_t k = 0; k < c.output_width; k++) row += columns[k] * Fr::from_signed(output[i * c.output_width + k]);
        constant += rows[i] * row;
      }
    }
    sum += *alpha++ * constant;
  }
  return sum;
}

namespace {

// The weight of a term at u.
Fr weight_at(const Term& t, PointSpan point, PointSpan u, std::span<const Fr>& matrices) {
  Fr w = Fr::from_signed(t.scale);
  for (const Factor& f : t.factors) {
    const PointSpan field = u.first(f.bits);
    u = u.subspan(f.bits);
    switch (f.kind) {
      case Factor::kBits:
        w *= zk::eq_index(field, f.value);
        break;
      case Factor::kPoint:
        w *= zk::eq(field, point.subspan(f.value, f.bits));
        break;
      case Factor::kOnes:
        break;
      case Factor::kMatrix:
        w *= matrices[0], matrices = matrices.subspan(1);
        break;
    }
  }
  return w;
}

}  // namespace

Fr polynomial_at(const Circuit& circuit, const Challenges& c, PointSpan u, std::span<const Fr> e,
                 std::span<const Fr> matrices) {
  const auto cell = [&](unsigned column) { return e[evaluated_index(column)]; };
  const LookupChallenges lookup(c.gamma, c.beta);
  const Fr* alpha = c.alpha.data();
  const auto [h1, h2] = lookup_constraints(lookup, cell);
  const Fr rows =
      alpha[kPowerH1] * h1 + alpha[kPowerH2] * h2 + gate_sum(circuit, Numbers(circuit.masked_value), alpha, cell);
  Fr sum = zk::eq_truncated(u, c.tau, circuit.data_rows) * rows;
  sum += zk::eq_truncated(u, c.tau, circuit.table_rows) * alpha[kPowerTable] * table_constraint(lookup, cell);
  sum += alpha[kPowerSum] * (zk::indicator(u, circuit.data_rows) * (cell(kH1) + cell(kH2)) -
                             zk::indicator(u, circuit.table_rows) * cell(kHT));
  alpha += first_relation_power(circuit);
  for (const Relation& r : circuit.relations) {
    Fr value;
    for (const Term& t : r.terms) {
      const Fr w = weight_at(t, c.point, u, matrices);
      value += w * cell(t.column) * (t.times == kNoColumn ? Fr::one() : cell(t.times));
    }
    sum += *alpha++ * value;
  }
  return sum;
}

}  // namespace sotto::claim::network
