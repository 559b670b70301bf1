// SPDX-License-Identifier: Apache-2.0
// The main sumcheck of a network's proof: tables of all columns and of the relations' weights, bound from x_0 upwards.
//   sum_x [ eqD(x, tau) (lookups + gates) + eqT(x, tau) table + sum of relations ] + rho g(x),  D data rows, T table
//   rows
#include "zk/sumcheck/rounds.h"
#include "base/check.h"
#include "base/parallel.h"
#include "claim/network/prove.h"
#include "zk/poly/vector.h"
#include "zk/sumcheck/libra_mask.h"
#include "zk/sumcheck/round_values.h"

namespace sotto::claim::network {
namespace {

using RoundValues = std::array<Fr, kDegree + 1>;
using Table = std::vector<Fr>;
constexpr unsigned kMaxColumns = kFirstSelector + kGateCount;

const Fr& at(const Table& t, size_t i) {
  static const Fr zero;
  return i < t.size() ? t[i] : zero;
}

// Adds what each thread has computed for its part of [0, n).
template <class Body>
RoundValues sum_in_parallel(size_t n, const Body& body) {
  std::vector<RoundValues> parts(thread_count());
  parallel_for(
      n,
      [&](size_t b, size_t e, unsigned thread) {
        RoundValues mine{};
        for (size_t i = b; i < e; i++) body(i, mine);
        for (unsigned k = 0; k <= kDegree; k++) parts[thread][k] += mine[k];
      },
      64);
  RoundValues sum{};
  for (const RoundValues& p : parts)
    for (unsigned k = 0; k <= kDegree; k++) sum[k] += p[k];
  return sum;
}

// The weights of all relations: of columns, and of products of two.
class RelationWeights {
 public:
  struct Product {
    unsigned f, g;
    Table w;
  };
  std::vector<Table> linear;  // by column
  std::vector<Product> products;

  explicit RelationWeights(const ProverState& st) : linear(st.circuit().columns()), st_(st) {
    const Circuit& c = st.circuit();
    const Fr* alpha = st.challenges.alpha.data();
    for (Column h : {kH1, kH2}) linear[h].assign(c.data_rows, alpha[kPowerSum]);
    linear[kHT].assign(c.table_rows, -alpha[kPowerSum]);
    alpha += first_relation_power(c);
    for (const Relation& r : c.relations) {
      for (const Term& t : r.terms) add(t, *alpha * Fr::from_signed(t.scale));
      alpha++;
    }
  }

 private:
  Table& of(const Term& t) {
    if (t.times == kNoColumn) return linear[t.column];
    for (Product& p : products)
      if (p.f == t.column && p.g == t.times) return p.w;
    products.push_back({t.column, t.times, {}});
    return products.back().w;
  }

  Table factor_table(const Factor& f) const {
    const PointSpan point = st_.challenges.point;
    switch (f.kind) {
      case Factor::kPoint:
        return zk::eq_table(point.subspan(f.value, f.bits));
      case Factor::kOnes:
        return Table(size_t{1} << f.bits, Fr::one());
      case Factor::kMatrix:
        return matrix_row(st_.circuit().matrices[f.value]);
      case Factor::kBits:
        break;
    }
    Table t(size_t{1} << f.bits);
    t[f.value] = Fr::one();
    return t;
  }

  // W(l, r) = sum_k eq(k, r) P[base + l + 2^in_bits k]
  Table matrix_row(const Matrix& m) const {
    const Table eq = zk::eq_table(PointSpan(st_.challenges.point).subspan(m.point, m.out_bits));
    Table row(size_t{1} << m.in_bits);
    for (size_t k = 0; k < eq.size(); k++) {
      const size_t from = m.base + (k << m.in_bits);
      if (from < st_.key->weights.size())
        zk::add_scaled(row, eq[k],
                       std::span(st_.key->weights).subspan(from, std::min(row.size(), st_.key->weights.size() - from)));
    }
    return row;
  }

  // The product of all factors but the last, which is the address of the block.
  void add(const Term& t, const Fr& scale) {
    Table w{scale};
    for (size_t i = 0; i + 1 < t.factors.size(); i++) {
      const Table next = factor_table(t.factors[i]);
      Table out(w.size() * next.size());
      parallel_for(
          next.size(),
          [&](size_t b, size_t e, unsigned) {
            for (size_t j = b; j < e; j++)
              if (!next[j].is_zero())
                for (size_t x = 0; x < w.size(); x++) out[j * w.size() + x] = next[j] * w[x];
          },
          16);
      w = std::move(out);
    }
    SOTTO_CHECK(t.factors.back().kind == Factor::kBits);
    const size_t base = size_t{t.factors.back().value} * w.size();
    Table& sum = of(t);
    if (sum.size() < base + w.size()) sum.resize(base + w.size());
    for (size_t x = 0; x < w.size(); x++) sum[base + x] += w[x];
  }

  const ProverState& st_;
};

class MainRounds {
 public:
  MainRounds(const ProverState& st, const Fr& constant)
      : circuit_(st.circuit()),
        numbers_(circuit_.masked_value),
        lookup_(st.challenges.gamma, st.challenges.beta),
        alpha_(st.challenges.alpha),
        weights_(st),
        claim_(constant) {
    columns_.resize(circuit_.columns());
    parallel_for(columns_.size(), [&](size_t b, size_t e, unsigned) {
      for (size_t c = b; c < e; c++) load(st, static_cast<unsigned>(c));
    });
    eq_data_ = zk::eq_table_start(st.challenges.tau, circuit_.data_rows);
    eq_data_.resize(circuit_.data_rows);
    eq_tables_ = zk::eq_table_start(st.challenges.tau, circuit_.table_rows);
    eq_tables_.resize(circuit_.table_rows);
  }

  // Coefficients of this round's polynomial, the sumcheck's mask not included. Its value at 1 follows from the claim.
  std::array<Fr, kDegree + 1> round() const {
    RoundValues values = sum_in_parallel((eq_data_.size() + 1) / 2, [&](size_t i, RoundValues& v) { add_data(i, v); });
    add(values, sum_in_parallel((eq_tables_.size() + 1) / 2, [&](size_t i, RoundValues& v) { add_table(i, v); }));
    for (unsigned c = 0; c < columns_.size(); c++)
      if (!weights_.linear[c].empty())
        add(values, zk::extended<kDegree + 1>(zk::product_round(columns_[c], weights_.linear[c])));
    for (const auto& p : weights_.products)
      add(values, sum_in_parallel((p.w.size() + 1) / 2, [&](size_t i, RoundValues& v) { add_product(p, i, v); }));
    values[1] = claim_ - values[0];
    return zk::coefficients_of(values);
  }

  void bind(const std::array<Fr, kDegree + 1>& coefficients, const Fr& x) {
    claim_ = zk::horner(coefficients, x);
    std::vector<Table*> all{&eq_data_, &eq_tables_};
    for (Table& t : columns_) all.push_back(&t);
    for (Table& t : weights_.linear) all.push_back(&t);
    for (auto& p : weights_.products) all.push_back(&p.w);
    parallel_for(all.size(), [&](size_t b, size_t e, unsigned) {
      for (size_t i = b; i < e; i++)
        if (!all[i]->empty()) zk::bind_in_place(*all[i], 0, x);
    });
  }

  // After all rounds: the value of a column at the point.
  Fr value(unsigned column) const { return columns_[column].empty() ? Fr::zero() : columns_[column][0]; }

 private:
  void load(const ProverState& st, unsigned c) {
    if (c == kZ0 || c == kZ1) return;
    Table& t = columns_[c];
    if (c >= kH1 && c < kWitnessColumns) {
      t = st.scalars(c);
    } else {
      const std::vector<int64_t>& integers = st.integers(c);
      t.reserve(c < kWitnessColumns ? circuit_.mask_at + zk::kMaskRows : integers.size());
      for (int64_t v : integers) t.push_back(v == 0 ? Fr() : Fr::from_signed(v));
    }
    if (c >= kWitnessColumns) return;
    for (const ProverState::Lie& l : st.lies)
      if (l.column == c) t[l.row] += l.value;
    t.resize(circuit_.mask_at);
    t.insert(t.end(), st.mask[c].begin(), st.mask[c].end());
  }

  static void add(RoundValues& sum, const RoundValues& v) {
    for (unsigned k = 0; k <= kDegree; k++) sum[k] += v[k];
  }

  // Calls body(x, cells, eq) for x = 0, 2, 3, .., degree: the columns [first, last) and eq on the line through rows 2 i
  // and 2 i + 1.
  template <class Body>
  void on_line(const Table& eq, size_t i, std::span<const unsigned> used, Body&& body) const {
    std::array<Fr, kMaxColumns> v, d;
    for (unsigned c : used) v[c] = at(columns_[c], 2 * i), d[c] = at(columns_[c], 2 * i + 1) - v[c];
    Fr e = at(eq, 2 * i);
    const Fr step = at(eq, 2 * i + 1) - e;
    for (unsigned x = 0; x <= kDegree; x++) {
      if (x != 1) body(x, v, e);
      for (unsigned c : used) v[c] += d[c];
      e += step;
    }
  }

  void add_data(size_t i, RoundValues& out) const {
    std::array<unsigned, kMaxColumns> used = {kIn, kOut, kA, kB, kC, kQ0, kQ1, kQ2, kQ3, kH1, kH2, kLookup};
    unsigned count = 12;
    for (unsigned c = kFirstSelector; c < columns_.size(); c++)
      if (!at(columns_[c], 2 * i).is_zero() || !at(columns_[c], 2 * i + 1).is_zero()) used[count++] = c;
    on_line(eq_data_, i, std::span(used).first(count), [&](unsigned x, const auto& v, const Fr& eq) {
      const auto cell = [&](unsigned c) { return v[c]; };
      const auto [h1, h2] = lookup_constraints(lookup_, cell);
      Fr sum = alpha_[kPowerH1] * h1 + alpha_[kPowerH2] * h2;
      if (count > 12) sum += gate_sum(circuit_, numbers_, alpha_.data(), cell);
      out[x] += eq * sum;
    });
  }

  void add_table(size_t i, RoundValues& out) const {
    constexpr std::array<unsigned, 5> kUsed = {kM, kHT, kTableId, kTableIn, kTableOut};
    on_line(eq_tables_, i, kUsed, [&](unsigned x, const auto& v, const Fr& eq) {
      out[x] += eq * alpha_[kPowerTable] * table_constraint(lookup_, [&](unsigned c) { return v[c]; });
    });
  }

  void add_product(const RelationWeights::Product& p, size_t i, RoundValues& out) const {
    if (at(p.w, 2 * i).is_zero() && at(p.w, 2 * i + 1).is_zero()) return;
    std::array<Fr, 4> values;
    const std::array<const Table*, 3> tables = {&p.w, &columns_[p.f], &columns_[p.g]};
    values.fill(Fr::one());
    for (const Table* t : tables) {
      Fr v = at(*t, 2 * i);
      const Fr step = at(*t, 2 * i + 1) - v;
      for (Fr& product : values) product *= v, v += step;
    }
    add(out, zk::extended<kDegree + 1>(values));
  }

  const Circuit& circuit_;
  Numbers numbers_;
  LookupChallenges lookup_;
  const std::vector<Fr>& alpha_;
  RelationWeights weights_;
  std::vector<Table> columns_;
  Table eq_data_, eq_tables_;
  Fr claim_;
};

}  // namespace

std::optional<MainResult> main_sumcheck(const ProverState& st, const std::vector<int64_t>& output,
                                        zk::ProverTranscript& transcript, const std::function<bool(double)>& progress) {
  const Circuit& c = st.circuit();
  MainRounds rounds(st, relation_constant(c, st.challenges, output));
  zk::LibraRounds mask(zk::LibraMask(st.z1, c.log_n, kDegree), st.challenges.rho, [](unsigned round) { return round; });
  MainResult out;
  double left = 1;  // of the work: half of it is in the first round
  for (unsigned i = 0; i < c.log_n; i++, left /= 2) {
    if (!progress(1 - left)) return std::nullopt;
    const auto own = rounds.round();
    auto masked = own;
    mask.add_round(masked);
    out.u.push_back(zk::send_round(transcript, masked));
    rounds.bind(own, out.u.back());
    mask.bind(out.u.back());
  }
  const std::vector<uint64_t> rows = zk::opening_mask_rows(c.mask_at);
  Fr z0;
  for (size_t i = 0; i < rows.size(); i++) z0 += zk::evaluate_at(rows[i], st.z0[i], out.u);
  for (unsigned column = 0; column < c.columns(); column++)
    if (column != kZ1) out.evaluations.push_back(column == kZ0 ? z0 : rounds.value(column));
  return out;
}

}  // namespace sotto::claim::network
