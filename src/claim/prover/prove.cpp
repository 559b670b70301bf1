// SPDX-License-Identifier: Apache-2.0
#include "claim/prover/prove.h"

#include "base/keccak.h"
#include "claim/prover/prover_state.h"
#include "claim/statement/transcript.h"
#include "claim/verifier/checks.h"
#include "zk/commit/opening.h"
#include "zk/poly/block_evaluation.h"
#include "zk/poly/vector.h"
#include "zk/sumcheck/product_sumcheck.h"

namespace sotto::claim {

using zk::ProverTranscript;

namespace {

Error interrupted() { return {ErrorKind::kInterrupted, "proving was stopped"}; }

// Weight of the program column in the deferred check, by row.
std::vector<Fr> program_weight(const ProverState& st, PointSpan u, const Fr* c_op, const Fr& scale) {
  const Shape& s = st.shape();
  const std::vector<Fr> ek = zk::eq_table(VmPoint(s, u).k, scale);
  std::vector<Fr> w(st.layout().program_rows());
  for (unsigned op = 0; op < sound::kOpCount; op++)
    for (unsigned k = 0; k < s.slots(); k++) w[flag_row(s, op, k)] = c_op[op] * ek[k];
  return w;
}

void send_phase1(ProverTranscript& t, const std::vector<zk::G1Affine>& commitments, const Fr& mask_sum) {
  for (const auto& c : commitments) t.send(c);
  t.send(mask_sum);
  t.seal();
}

// The machine's columns have done their work, and the opening wants memory.
void release_machine(ProverState& st) {
  for (auto& column : st.witness.vm) column = {};
  for (auto& h : st.h) h = {};
}

// The reduction: sum_x F(x) eq(x, u) + Prog(x) mu w_P(x) + Z1(x) mu rho w_g(x) + P(x) sum_s mu^(2+s) eq(x, pt_s), down to
// one value of each of the four at x*.
Point reduce(const ProverState& st, ProverTranscript& t, const Point& u, const std::vector<Fr>& opened, const Fr* c_op,
             const std::vector<Point>& points, const Fr& mu) {
  zk::ProductSumcheck reduction(opened, u);
  reduction.add(st.program, program_weight(st, u, c_op, mu));
  reduction.add(st.z1, st.sumcheck_mask().weights_at(u, mu * st.challenges.rho));
  reduction.add(st.key->weights, zk::block_weights(st.key->weights.size(), points, mu.square(), mu));
  const Point x = reduction.run(t);
  t.send(reduction.finals());
  t.seal();
  return x;
}

// Everything after the main sumcheck: evaluations, reduction, opening. False: progress said to stop.
bool finish(ProverState& st, ProverTranscript& t, const Point& u, const std::function<bool(double)>& progress) {
  const ProvingKey& key = *st.key;
  std::vector<Fr> e = evaluate_columns(st, u);
  const Fr table_out = zk::dot(zk::eq_table_start(u, key.table_out.size()), key.table_out);
  const std::vector<Point> points = claim_points(st.shape(), st.layout(), st.challenges, u);
  std::vector<Fr> claims;
  for (const Point& p : points) claims.push_back(zk::block_evaluation(key.weights, p));
  t.send(e);
  t.send(table_out);
  t.send(claims);
  t.seal();

  const Fr lambda = t.challenge(), mu = t.challenge();
  const DeferredCheck deferred = evaluate_relations(st.shape(), st.layout(), st.challenges, u, e, table_out, claims);
  std::vector<Fr> opened = combine_columns(st, lambda);
  release_machine(st);
  const Point x = reduce(st, t, u, opened, deferred.c_op, points, mu);

  const Fr kappa = t.challenge();
  zk::add_scaled(opened, kappa, st.program);
  zk::add_scaled(opened, kappa.square(), st.z1);
  zk::add_scaled(opened, kappa.square() * kappa, key.weights);
  return zk::prove_opening(t, *key.srs, std::move(opened), x, progress);
}

// An injective encoding of the song: the secret that hedges the masks.
Bytes song_bytes(const sound::Program& p) {
  Bytes out;
  auto operand = [&](const sound::Operand& o) { out.push_back(static_cast<uint8_t>(o.kind)), out.push_back(o.index); };
  append(out, word_from_u64(p.code.size()));
  for (const auto& i : p.code) {
    out.push_back(static_cast<uint8_t>(i.op));
    for (const auto& o : {i.a, i.b, i.c}) operand(o);
  }
  for (const auto* list : {&p.constants, &p.table}) {
    append(out, word_from_u64(list->size()));
    for (uint32_t v : *list) append(out, word_from_u64(v));
  }
  operand(p.output);
  return out;
}

}  // namespace

Result<Proven> prove_with(const ProvingKey& key, const sound::Program& program, const Target& target, const Progress& progress,
                          MaskSource& masks, const ProverHooks& hooks) {
  const auto report = [&](const char* stage, double fraction) { return !progress || progress(stage, fraction); };
  SOTTO_TRY_STATUS(sound::check_program(program));
  if (program.code.size() >= key.shape.slots() || program.constants.size() >= key.shape.sources() - key.shape.slots())
    return input_error("the song does not fit " + std::to_string(key.shape.slots()) + " slots");
  if (program.table.size() > (1u << key.shape.limb_bits)) return input_error("the song's table is too long");

  if (!report("witness", 0.0)) return interrupted();
  ProverState st;
  st.key = &key;
  st.witness = make_witness(key.shape, key.layout, key.net, program);
  if (hooks.witness) {
    hooks.witness(st.witness);
    if (hooks.recount) count_lookups(key.shape, key.layout, st.witness);
  }
  draw_masks(st, masks);
  if (hooks.before_phase1) hooks.before_phase1(st);
  if (hooks.columns_untouched()) st.sums.emplace(key, st.witness);

  std::vector<zk::G1Affine> commitments;
  for (unsigned c = 0; c < kPhase1Count; c++) {
    if (!report("commitments", 0.02 + 0.2 * c / double{kPhase1Count})) return interrupted();
    commitments.push_back(commit_column(st, c));
  }
  ClaimStatement statement{target.chain_id, target.contract, target.contest_id, key.vk.judge_id(), st.witness.score,
                           keccak256(commitments[kProg].to_bytes()), target.beneficiary};
  if (hooks.score) statement.score = hooks.score(statement.score);
  if (hooks.statement) hooks.statement(statement);
  ProverTranscript t(transcript_statement(statement));
  if (!hooks.frozen_challenges.empty()) t.freeze(hooks.frozen_challenges);
  send_phase1(t, commitments, st.mask_sum);
  draw_phase1(t, key.shape, st.challenges);

  if (!report("lookups", 0.25)) return interrupted();
  make_phase2(st);
  if (hooks.before_phase2) hooks.before_phase2(st);
  for (unsigned c = kPhase1Count; c < kColumnCount; c++) {
    if (!report("lookups", 0.3 + 0.15 * (c - kPhase1Count) / double{kPhase2Count})) return interrupted();
    t.send(commit_column(st, c));
  }
  t.seal();
  draw_phase2(t, key.shape, key.layout, st.challenges);

  if (!report("sumcheck", 0.45)) return interrupted();
  const Point u = main_sumcheck(st, t, [&](double f) { return report("sumcheck", 0.45 + 0.3 * f); });
  if (u.empty()) return interrupted();
  if (!report("opening", 0.75)) return interrupted();
  if (!finish(st, t, u, [&](double f) { return report("opening", 0.8 + 0.19 * f); })) return interrupted();
  report("done", 1.0);
  return Proven{std::move(t).take_proof(), statement};
}

Result<Proven> prove(const ProvingKey& key, const sound::Program& program, const Target& target, const Progress& progress) {
  Bytes context;
  append(context, key.vk.judge_id());
  append(context, target.contract);
  append(context, target.contest_id);
  append(context, target.beneficiary);
  append(context, word_from_u64(target.chain_id));
  MaskSource masks(song_bytes(program), context);
  return prove_with(key, program, target, progress, masks, {});
}

}  // namespace sotto::claim
