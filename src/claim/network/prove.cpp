// SPDX-License-Identifier: Apache-2.0
// The prover of docs/network-proof.md: cells, commitments, lookups, one sumcheck, reduction, opening.
#include "claim/network/prove.h"

#include "base/check.h"
#include "base/huge_pages.h"
#include "base/parallel.h"
#include "zk/commit/msm.h"
#include "zk/commit/opening.h"
#include "zk/poly/block_evaluation.h"
#include "zk/poly/vector.h"
#include "zk/sumcheck/libra_mask.h"
#include "zk/sumcheck/product_sumcheck.h"

namespace sotto::claim::network {

using zk::G1;
using zk::G1Affine;
using zk::ProverTranscript;

namespace {

constexpr uint64_t kRange = uint64_t{1} << kCellBits;

Error interrupted() { return {ErrorKind::kInterrupted, "proving was stopped"}; }

// Rows behind which every polynomial of a proof is zero.
uint64_t used_rows(const Network& n) {
  return std::max<uint64_t>(n.circuit.mask_at + zk::kMaskRows + zk::kZ0AtMasks, n.public_columns[0].size());
}

}  // namespace

uint64_t required_powers(const Network& n) { return (used_rows(n) + 7) / 8 * 8; }

Result<std::shared_ptr<const ProvingKey>> make_proving_key(Network network, std::shared_ptr<const zk::Srs> srs) {
  if (srs->g1.size() < required_powers(network))
    return environment_error("the setup has " + std::to_string(srs->g1.size()) + " powers, this network needs " +
                             std::to_string(required_powers(network)));
  auto key = std::make_shared<ProvingKey>();
  key->network = std::move(network);
  key->srs = std::move(srs);
  for (int64_t v : key->network.public_columns[0]) key->weights.push_back(Fr::from_signed(v));
  key->vk.circuit = key->network.circuit;
  key->vk.development = key->srs->development;
  key->vk.g2 = key->srs->g2;
  for (const auto& column : key->network.public_columns)
    key->vk.commitments.push_back(zk::msm_i64(key->srs->g1, column).to_affine());
  SOTTO_TRY([[maybe_unused]] const VerifyingKey read, VerifyingKey::decode(key->vk.encode()));
  return std::shared_ptr<const ProvingKey>(std::move(key));
}

const std::vector<int64_t>& ProverState::integers(unsigned column) const {
  if (column < kM) return cells.column[column];
  if (column == kM) return multiplicities;
  SOTTO_CHECK(column >= kWitnessColumns && column < circuit().columns());
  return key->network.public_columns[column - kWitnessColumns];
}

Fr ProverState::cell(unsigned column, uint64_t row) const {
  Fr v = Fr::from_signed(integers(column)[row]);
  for (const Lie& l : lies)
    if (l.column == column && l.row == row) v += l.value;
  return v;
}

const std::vector<Fr>& ProverState::scalars(unsigned column) const {
  switch (column) {
    case kH1:
      return h1;
    case kH2:
      return h2;
    case kHT:
      return ht;
    case kV1:
      return v1;
    default:
      SOTTO_CHECK(column == kV2);
      return v2;
  }
}

namespace {

bool is_cell(int64_t v) { return static_cast<uint64_t>(v) < kRange; }

// Row of the table entry that a cell's lookup finds, if it is one.
uint64_t table_row(int64_t table, int64_t argument) {
  return static_cast<uint64_t>(table - kRangeTable) * kRange + static_cast<uint64_t>(argument);
}

void count_lookups(ProverState& st) {
  const Circuit& c = st.circuit();
  st.multiplicities.assign(c.table_rows, 0);
  for (Column q : {kQ0, kQ1, kQ2, kQ3})
    for (int64_t v : st.cells.column[q])
      if (is_cell(v)) st.multiplicities[static_cast<size_t>(v)]++;
  const std::vector<int64_t>& table = st.integers(kLookup);
  for (size_t row = 0; row < c.data_rows; row++)
    if (const int64_t v = st.cells.at(kIn, row); is_cell(v)) st.multiplicities[table_row(table[row], v)]++;
}

void draw_masks(ProverState& st, MaskSource& masks) {
  for (unsigned c = 0; c < kWitnessColumns; c++)
    if (c != kZ0 && c != kZ1)
      for (Fr& x : st.mask[c]) x = masks.next();
  st.z0.resize(zk::kZ0Entries);
  for (Fr& x : st.z0) x = masks.next();
  st.z1 = zk::LibraMask::draw(st.circuit().log_n, kDegree, [&] { return masks.next(); });
  st.mask_sum = zk::LibraMask(st.z1, st.circuit().log_n, kDegree).sum();
}

// Helpers: the inverses of all table entries are at hand; a cell that is in no table has one of its own.
void make_phase2(ProverState& st) {
  const Circuit& c = st.circuit();
  const LookupChallenges l(st.challenges.gamma, st.challenges.beta);
  const auto &id = st.integers(kTableId), &argument = st.integers(kTableIn), &value = st.integers(kTableOut);
  std::vector<Fr> inverse(c.table_rows);
  const auto entry = [&](int64_t table, int64_t in, int64_t out) {
    return l.entry(Fr::from_signed(table), Fr::from_signed(in), Fr::from_signed(out));
  };
  parallel_for(
      c.table_rows,
      [&](size_t b, size_t e, unsigned) {
        for (size_t i = b; i < e; i++) inverse[i] = entry(id[i], argument[i], value[i]);
        SOTTO_CHECK(zk::batch_inverse<Fr>(std::span(inverse).subspan(b, e - b)));
      },
      1024);
  st.ht.resize(c.table_rows), st.h1.resize(c.data_rows), st.h2.resize(c.data_rows);
  for (size_t i = 0; i < c.table_rows; i++)
    if (st.multiplicities[i]) st.ht[i] = Fr::from_signed(st.multiplicities[i]) * inverse[i];
  const auto digit = [&](Column q, size_t row) {
    const int64_t v = st.cells.at(q, row);
    return is_cell(v) ? inverse[static_cast<size_t>(v)] : l.digit(Fr::from_signed(v)).inverse();
  };
  parallel_for(
      c.data_rows,
      [&](size_t b, size_t e, unsigned) {
        for (size_t row = b; row < e; row++) {
          const int64_t table = st.integers(kLookup)[row], in = st.cells.at(kIn, row), out = st.cells.at(kOut, row);
          const bool found = is_cell(in) && value[table_row(table, in)] == out;
          st.h1[row] = digit(kQ0, row) + digit(kQ1, row) + digit(kQ2, row);
          st.h2[row] = digit(kQ3, row) + (found ? inverse[table_row(table, in)] : entry(table, in, out).inverse());
        }
      },
      1024);
  for (const ProverState::Lie& lie : st.lies) {  // as if by a table that holds it
    const uint64_t row = lie.row;
    const auto inverse_digit = [&](Column q) { return l.digit(st.cell(q, row)).inverse(); };
    if (lie.column == kM) {
      st.ht[row] += lie.value * inverse[row];
      continue;
    }
    st.h1[row] = inverse_digit(kQ0) + inverse_digit(kQ1) + inverse_digit(kQ2);
    st.h2[row] = inverse_digit(kQ3) +
                 l.entry(Fr::from_signed(st.integers(kLookup)[row]), st.cell(kIn, row), st.cell(kOut, row)).inverse();
  }
  st.v1.assign(st.key->network.folded_rows, Fr()), st.v2 = st.v1;
  for (const auto& fold : st.key->network.folds) fold(st.cells, st.challenges.point, st.v1, st.v2);
}

G1Affine commit(const ProverState& st, unsigned column) {
  const std::vector<G1Affine>& g = st.key->srs->g1;
  if (column == kZ1) return zk::msm(g, st.z1).to_affine();
  if (column == kZ0) {
    std::vector<G1Affine> points;
    for (uint64_t row : zk::opening_mask_rows(st.circuit().mask_at)) points.push_back(g[row]);
    return zk::msm(points, st.z0).to_affine();
  }
  G1 sum = column < kH1 ? zk::msm_i64(g, st.integers(column)) : zk::msm(g, st.scalars(column));
  for (const ProverState::Lie& l : st.lies)
    if (l.column == column) sum = sum + G1(g[l.row]) * l.value;
  for (unsigned i = 0; i < zk::kMaskRows; i++) sum = sum + G1(g[st.circuit().mask_at + i]) * st.mask[column][i];
  return sum.to_affine();
}

}  // namespace

std::vector<Fr> combine_columns(const ProverState& st, const Fr& lambda) {
  const Circuit& c = st.circuit();
  std::vector<Fr> out = huge_vector<Fr>(used_rows(st.key->network));
  Fr power = Fr::one();
  for (unsigned column = 0; column < c.columns(); column++) {
    if (column == kZ1) continue;
    if (column == kZ0) {
      const std::vector<uint64_t> rows = zk::opening_mask_rows(c.mask_at);
      for (size_t i = 0; i < rows.size(); i++) out[rows[i]] += power * st.z0[i];
    } else if (column >= kH1 && column < kWitnessColumns) {
      zk::add_scaled(out, power, st.scalars(column));
    } else {
      const std::vector<int64_t>& v = st.integers(column);
      parallel_for(
          v.size(),
          [&](size_t b, size_t e, unsigned) {
            for (size_t i = b; i < e; i++)
              if (v[i]) out[i] += power * Fr::from_signed(v[i]);
          },
          1024);
      for (const ProverState::Lie& l : st.lies)
        if (l.column == column) out[l.row] += power * l.value;
    }
    if (column < kWitnessColumns && column != kZ0)
      for (unsigned i = 0; i < zk::kMaskRows; i++) out[c.mask_at + i] += power * st.mask[column][i];
    power *= lambda;
  }
  return out;
}

namespace {

// Everything after the main sumcheck: evaluations, reduction, opening (verify.cpp has the formulas). False: progress
// said to stop.
bool finish(const ProverState& st, ProverTranscript& t, const MainResult& main,
            const std::function<bool(double)>& progress) {
  const ProvingKey& key = *st.key;
  const std::vector<Point> points = matrix_points(st.circuit(), st.challenges.point, main.u);
  t.send(main.evaluations);
  for (const Point& p : points) t.send(zk::block_evaluation(key.weights, p));
  t.seal();
  const Fr lambda = t.challenge(), mu = t.challenge();
  std::vector<Fr> opened = combine_columns(st, lambda);
  const zk::LibraMask mask(st.z1, st.circuit().log_n, kDegree);
  zk::ProductSumcheck reduction(opened, main.u);
  reduction.add(st.z1, mask.weights_at(main.u, mu * st.challenges.rho));
  reduction.add(key.weights, zk::block_weights(key.weights.size(), points, mu.square(), mu));
  const Point x = reduction.run(t);
  t.send(reduction.finals());
  t.seal();
  const Fr kappa = t.challenge();
  zk::add_scaled(opened, kappa, st.z1);
  zk::add_scaled(opened, kappa.square(), key.weights);
  return zk::prove_opening(t, *key.srs, std::move(opened), x, progress);
}

}  // namespace

Result<Proven> prove_with(const ProvingKey& key, std::span<const uint32_t> input, const Bytes32& context,
                          const Progress& progress, MaskSource& masks, const ProverHooks& hooks) {
  const auto report = [&](const char* stage, double fraction) { return !progress || progress(stage, fraction); };
  if (!report("witness", 0)) return interrupted();
  ProverState st;
  st.key = &key;
  SOTTO_TRY(st.cells, evaluate(key.network, input));
  Statement statement{key.vk.id(), context, output_of(key.network, st.cells)};
  if (hooks.cells) hooks.cells(st.cells);
  count_lookups(st);
  draw_masks(st, masks);
  if (hooks.before_phase1) hooks.before_phase1(st);
  if (hooks.statement) hooks.statement(statement);

  ProverTranscript t(transcript_statement(statement));
  if (!hooks.frozen_challenges.empty()) t.freeze(hooks.frozen_challenges);
  for (unsigned c = 0; c < kPhase1Columns; c++) {
    if (!report("commitments", 0.1 + 0.15 * c / kPhase1Columns)) return interrupted();
    t.send(commit(st, c));
  }
  t.send(st.mask_sum);
  t.seal();
  draw_phase1(t, key.vk.circuit, st.challenges);

  if (!report("lookups", 0.25)) return interrupted();
  make_phase2(st);
  if (hooks.before_phase2) hooks.before_phase2(st);
  for (unsigned c = kPhase1Columns; c < kWitnessColumns; c++) t.send(commit(st, c));
  t.seal();
  draw_phase2(t, key.vk.circuit, st.challenges);
  if (hooks.challenges) hooks.challenges(st.challenges);

  const auto main = main_sumcheck(st, statement.output, t, [&](double f) { return report("sumcheck", 0.4 + 0.3 * f); });
  if (!main || !report("opening", 0.7)) return interrupted();
  if (!finish(st, t, *main, [&](double f) { return report("opening", 0.75 + 0.24 * f); })) return interrupted();
  report("done", 1);
  return Proven{std::move(t).take_proof(), statement};
}

Result<Proven> prove(const ProvingKey& key, std::span<const uint32_t> input, const Bytes32& context,
                     const Progress& progress) {
  Bytes secret, about;
  for (uint32_t v : input) append(secret, word_from_u64(v));
  append(about, key.vk.id());
  append(about, context);
  MaskSource masks(secret, about);
  return prove_with(key, input, context, progress, masks, {});
}

}  // namespace sotto::claim::network
