// SPDX-License-Identifier: Apache-2.0
// A prover for attackers: every column is a table of N field elements that may be written anywhere, before and after the
// challenges. It shares no sumcheck code with the production prover and assumes nothing of its columns, so a lie is proved as
// consistently as its cells allow, and what the verifier says is about the lie alone.
#pragma once
#include "support/forger_opening.h"
#include "support/forger_sumcheck.h"
#include "support/toy.h"

namespace sotto::forge {

// A song, a judge and everything that an honest prover commits to in phase 1.
struct Start {
  std::shared_ptr<const ProvingKey> key;
  sound::Program program;
  Tables tables;
  uint32_t score = 0;
  std::array<zk::G1Affine, kColumnCount> commitments;  // of phase 1
};

// Without the commitments, which take most of the time.
inline Start make_uncommitted_start(std::shared_ptr<const ProvingKey> key, const sound::Program& program) {
  claim::ProverState st;
  st.key = key.get();
  st.witness = claim::make_witness(key->shape, key->layout, key->net, program);
  claim::MaskSource masks({}, {});
  claim::draw_masks(st, masks);
  const uint64_t n = key->layout.rows();
  Start s{key, program, {}, st.witness.score, {}};
  for (Table& t : s.tables) t.assign(n, Fr::zero());
  auto copy = [&](unsigned column, const std::vector<Fr>& from) { std::copy(from.begin(), from.end(), s.tables[column].begin()); };
  for (unsigned c = 0; c < claim::kVmColumnCount; c++)
    for (uint64_t x = 0; x < st.witness.vm[c].size(); x++) s.tables[c][row_of_kept(key->shape, x)] = Fr(uint64_t{st.witness.vm[c][x]});
  for (unsigned c = claim::kD; c <= claim::kM; c++) copy(c, st.witness.column(c));
  copy(claim::kProg, st.program);
  copy(claim::kZ1, st.z1);
  const std::vector<uint64_t> z0 = claim::z0_rows(key->layout);
  for (size_t i = 0; i < z0.size(); i++) s.tables[claim::kZ0][z0[i]] = st.z0[i];
  for (unsigned c = 0; c < kColumnCount; c++)
    for (unsigned i = 0; i < claim::kMaskRows && c != claim::kProg && c != claim::kZ0 && c != claim::kZ1; i++)
      s.tables[c][key->layout.mask_at + i] = st.mask[c][i];
  return s;
}
inline Start make_start(std::shared_ptr<const ProvingKey> key, const sound::Program& program) {
  Start s = make_uncommitted_start(key, program);
  for (unsigned c = 0; c < claim::kPhase1Count; c++) s.commitments[c] = zk::msm(key->srs->g1, s.tables[c]).to_affine();
  return s;
}

// The song and judge that most attacks start from.
inline const Start& toy_start() {
  static const Start start = make_start(toy::key(), toy::program());
  return start;
}

// The evaluations slice, and what the verifier makes of it.
struct Evaluations {
  std::vector<Fr> sent;                              // e, Tout(u), claims
  std::function<Fr(const std::vector<Fr>&, const Fr& lambda, const Fr& mu)> claim;  // of the reduction
  std::function<Fr(const std::vector<Fr>&)> deferred;  // <Prog, w_P> for these evaluations
  std::function<void(const Fr& lambda, const Fr& mu)> told = {};  // called once they are drawn
};

// What the attacker does, in the order of the protocol. Nothing set: an honest proof.
struct Plan {
  std::function<uint32_t(Tables&)> cells = {};  // machine, judge, program; returns the score that follows
  bool recount = true;  // count the lookups again after `cells`
  std::function<void(Tables&)> phase1 = {};  // after counting
  std::function<void(Tables&, const Challenges&)> phase2 = {};  // helpers and folded vectors are there
  std::function<void(ClaimStatement&)> statement = {};
  std::function<uint32_t(uint32_t)> score = {};                     // claimed instead of the one that follows from the cells
  std::function<void(Fr&)> mask_sum = {};
  std::function<void(std::array<zk::G1Affine, kColumnCount>&)> commitments = {};  // of phase 1, before they are sent
  std::function<void(Challenges&)> challenges = {};                 // terms that prover and verifier leave out
  std::vector<Fr> frozen = {};                                      // replayed instead of drawn
  std::function<void(unsigned round, std::array<Fr, claim::kDegree + 1>&)> round = {};  // coefficients of a main round
  // e, Tout(u), claims, knowing lambda and mu (frozen): see Evaluations.
  std::function<void(Evaluations&)> evaluations = {};
  std::function<void(unsigned round, Fr&, Fr&)> reduction = {};     // constant and quadratic coefficient
  // F, Prog, Z1, P at x*, their weights, and the claim that the weighted sum must equal.
  std::function<void(std::vector<Fr>&, const std::vector<Fr>& weights, const Fr& claim)> finals = {};
  using Open = std::function<void(zk::ProverTranscript&, std::vector<Fr> opened, zk::PointSpan x, const Fr& value)>;
  Open open = {};                                                   // instead of zk::prove_opening
};

namespace detail {

// Changed cells are few: the commitment of the start, corrected.
inline zk::G1Affine recommit(const Start& s, unsigned column, const Table& now) {
  const Table& was = s.tables[column];
  std::vector<uint64_t> changed;
  for (uint64_t x = 0; x < now.size(); x++)
    if (now[x] != was[x]) changed.push_back(x);
  if (changed.size() > 100) return zk::msm(s.key->srs->g1, now).to_affine();
  zk::G1 sum(s.commitments[column]);
  for (uint64_t x : changed) sum = sum + zk::G1(s.key->srs->g1[x]) * (now[x] - was[x]);
  return sum.to_affine();
}

inline Fr mask_sum_of(const Tables& t, const claim::Layout& l) {
  Fr sum;
  for (unsigned i = 0; i < l.log_n; i++)
    for (unsigned e = 0; e <= claim::kDegree; e++)
      for (unsigned share = 0; share < 2; share++) {
        const Fr& v = t[claim::kZ1][claim::mask_row(i, e, share)];
        sum += e == 0 ? v + v : v;
      }
  return Fr(uint64_t{2}).pow(uint64_t{l.log_n - 1}) * sum;
}

struct Reduction {
  std::vector<std::pair<Table, Table>> terms;
  Fr claim;  // as the verifier sees it
  Point run(zk::ProverTranscript& t, unsigned rounds, const Plan& plan) {
    const Fr half = Fr(uint64_t{2}).inverse();
    Point x;
    for (unsigned i = 0; i < rounds; i++) {
      Fr v0, v1, v2;
      for (auto& [f, w] : terms)
        for (size_t k = 0; k < f.size(); k += 2) {
          v0 += f[k] * w[k];
          v1 += f[k + 1] * w[k + 1];
          v2 += (f[k + 1] + f[k + 1] - f[k]) * (w[k + 1] + w[k + 1] - w[k]);
        }
      Fr quadratic = (v2 - v1 - v1 + v0) * half;
      if (plan.reduction) plan.reduction(i, v0, quadratic);
      t.send(v0);
      t.send(quadratic);
      t.seal();
      x.push_back(t.challenge());
      claim = v0 + x.back() * (claim - v0 - v0 - quadratic) + quadratic * x.back().square();
      for (auto& [f, w] : terms) zk::bind_lowest(f, x.back()), zk::bind_lowest(w, x.back());
    }
    return x;
  }
};

// Value of the main sumcheck's last round for the claim 0, and the slope in the claim.
struct MainRounds {
  Point u;
  Fr value, slope = Fr::one();
};

inline void finish(const ProvingKey& key, const Tables& tables, const Challenges& c, const MainRounds& rounds, const ClaimStatement& statement,
                   const Fr& mask_sum, const std::vector<Fr>& e, zk::ProverTranscript& t, const Plan& plan) {
  const claim::Shape& s = key.shape;
  const claim::Layout& l = key.layout;
  const Point& u = rounds.u;
  const uint64_t n = l.rows();
  auto padded = [&](std::vector<Fr> v) { return v.resize(n), v; };
  auto relations = [&](const std::vector<Fr>& v) {
    const std::span<const Fr> all(v);
    return evaluate_relations(s, l, c, u, all.first(claim::kEvaluatedColumns), all[claim::kEvaluatedColumns], all.subspan(claim::kEvaluatedColumns + 1));
  };
  const Table ek = zk::eq_table(claim::VmPoint(s, u).k);
  Evaluations ev{e, {}, {}, {}};
  ev.sent.push_back(zk::evaluate(key.table_out, u));
  const std::vector<Point> points = claim_points(s, l, c, u);
  for (const Point& p : points) ev.sent.push_back(zk::evaluate(key.weights, p));
  ev.claim = [&](const std::vector<Fr>& v, const Fr& lambda, const Fr& mu) {
    const std::span<const Fr> claims = std::span<const Fr>(v).subspan(claim::kEvaluatedColumns + 1);
    const Fr total = relation_constant(s, l, c, claims, statement.score) + c.rho * mask_sum;
    Fr sum = mu * (rounds.value + rounds.slope * total - relations(v).known), scale = Fr::one();
    for (unsigned i = 0; i <= claim::kEvaluatedColumns; i++, scale *= lambda) sum += scale * v[i];
    scale = mu.square();
    for (const Fr& x : claims) sum += scale * x, scale *= mu;
    return sum;
  };
  ev.deferred = [&](const std::vector<Fr>& v) {
    const claim::DeferredCheck d = relations(v);
    Fr sum;
    for (unsigned op = 0; op < sound::kOpCount; op++)
      for (unsigned k = 0; k < s.slots(); k++) sum += d.c_op[op] * ek[k] * tables[claim::kProg][claim::flag_row(s, op, k)];
    return sum;
  };
  if (plan.evaluations) plan.evaluations(ev);
  t.send(ev.sent);
  t.seal();
  const Fr lambda = t.challenge(), mu = t.challenge();
  if (ev.told) ev.told(lambda, mu);
  const claim::DeferredCheck deferred = relations(ev.sent);
  Table opened(n), program(n), mask(n), weights(n);
  Fr power = Fr::one();
  auto add = [&](Table& to, const Table& from, const Fr& scale) {
    for (uint64_t x = 0; x < from.size(); x++)
      if (!from[x].is_zero()) to[x] += scale * from[x];
  };
  for (unsigned column = 0; column < kColumnCount; column++)
    if (column != claim::kZ1) add(opened, tables[column], power), power *= lambda;
  add(opened, key.table_out, power);
  for (unsigned op = 0; op < sound::kOpCount; op++)
    for (unsigned k = 0; k < s.slots(); k++) program[claim::flag_row(s, op, k)] = mu * deferred.c_op[op] * ek[k];
  for (unsigned i = 0; i < l.log_n; i++)
    for (unsigned d = 0; d <= claim::kDegree; d++)
      for (unsigned share = 0; share < 2; share++) mask[claim::mask_row(i, d, share)] = mu * c.rho * u[i].pow(uint64_t{d});
  power = mu.square();
  for (const Point& p : points) add(weights, zk::eq_table(p), power), power *= mu;
  Reduction r{{{opened, zk::eq_table(u)}, {tables[claim::kProg], program}, {tables[claim::kZ1], mask}, {padded(key.weights), weights}},
              ev.claim(ev.sent, lambda, mu)};
  const Point x = r.run(t, l.log_n, plan);
  std::vector<Fr> finals, at_x;
  for (const auto& term : r.terms) finals.push_back(term.first[0]), at_x.push_back(term.second[0]);
  if (plan.finals) plan.finals(finals, at_x, r.claim);
  t.send(finals);
  t.seal();
  const Fr kappa = t.challenge();
  add(opened, tables[claim::kProg], kappa);
  add(opened, tables[claim::kZ1], kappa.square());
  add(opened, key.weights, kappa.square() * kappa);
  if (plan.open) plan.open(t, std::move(opened), x, zk::horner(finals, kappa));
  else zk::prove_opening(t, *key.srs, std::move(opened), x);
}

}  // namespace detail

inline claim::Proven forge(const Start& start, const Plan& plan) {
  const ProvingKey& key = *start.key;
  const claim::Shape& s = key.shape;
  const claim::Layout& l = key.layout;
  Tables tables = start.tables;
  uint32_t score = start.score;
  if (plan.cells) {
    score = plan.cells(tables);
    if (plan.recount) count_lookups(s, l, tables);
  }
  if (plan.phase1) plan.phase1(tables);
  std::array<zk::G1Affine, kColumnCount> commitments;
  for (unsigned c = 0; c < claim::kPhase1Count; c++) commitments[c] = detail::recommit(start, c, tables[c]);
  if (plan.commitments) plan.commitments(commitments);
  if (plan.score) score = plan.score(score);
  const claim::Target target = toy::target();
  ClaimStatement statement{target.chain_id, target.contract, target.contest_id, key.vk.judge_id(), score,
                           keccak256(commitments[claim::kProg].to_bytes()), target.beneficiary};
  if (plan.statement) plan.statement(statement);
  zk::ProverTranscript t(claim::transcript_statement(statement));
  if (!plan.frozen.empty()) t.freeze(plan.frozen);
  for (unsigned c = 0; c < claim::kPhase1Count; c++) t.send(commitments[c]);
  Fr mask_sum = detail::mask_sum_of(tables, l);
  if (plan.mask_sum) plan.mask_sum(mask_sum);
  t.send(mask_sum);
  t.seal();
  Challenges c;
  draw_phase1(t, s, c);
  make_helpers(key, c, tables);
  if (plan.phase2) plan.phase2(tables, c);
  for (unsigned column = claim::kPhase1Count; column < kColumnCount; column++) t.send(zk::msm(key.srs->g1, tables[column]).to_affine());
  t.seal();
  draw_phase2(t, s, l, c);
  if (plan.challenges) plan.challenges(c);
  Sumcheck sumcheck(key, tables, c);
  detail::MainRounds rounds;
  rounds.u = sumcheck.run(t, [&](unsigned i, std::array<Fr, claim::kDegree + 1>& sent) {
    if (plan.round) plan.round(i, sent);
  }, [&](const std::array<Fr, claim::kDegree + 1>& sent, const Fr& x) {
    Fr linear = rounds.value - sent[0] - sent[0];
    for (unsigned d = 2; d <= claim::kDegree; d++) linear -= sent[d];
    std::array<Fr, claim::kDegree + 1> p = sent;
    p[1] = linear;
    rounds.value = zk::horner(p, x);
    rounds.slope = rounds.slope * x;
  });
  detail::finish(key, tables, c, rounds, statement, mask_sum, sumcheck.evaluations(), t, plan);
  return {std::move(t).take_proof(), statement};
}

}  // namespace sotto::forge
