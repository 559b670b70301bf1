// SPDX-License-Identifier: Apache-2.0
// Runs of the production prover under chosen masks and challenges, with their proofs as words.
#pragma once
#include <map>

#include "claim/statement/closed_form.h"
#include "claim/statement/transcript.h"
#include "claim/verifier/checks.h"
#include "support/toy.h"
#include "zero_knowledge/transcript_map.h"

namespace sotto::zero_knowledge {

using claim::ProverState;
using claim::ProvingKey;

// Which masks a prover uses; the others are zero. Honest provers use all of them.
struct Policy {
  unsigned column_rows = claim::kMaskRows, shares = 2;
  std::function<bool(uint64_t row)> program = [](uint64_t) { return true; };
  std::function<bool(size_t index)> z0 = [](size_t) { return true; };
};

struct Masks {
  std::array<std::array<Fr, claim::kMaskRows>, claim::kColumnCount> column{};
  std::map<uint64_t, Fr> program;            // by row
  Vector z0 = Vector(claim::kZ0Entries);
  std::map<std::array<unsigned, 3>, Fr> z1;  // by variable, exponent, share

  void apply(ProverState& st) const {
    st.mask = column;
    for (const uint64_t row : program_mask_rows(st.shape(), st.layout())) st.program[row] = Fr::zero();
    for (const auto& [row, v] : program) st.program[row] = v;
    st.z0 = z0;
    for (Fr& v : st.z1) v = Fr::zero();
    for (const auto& [at, v] : z1) st.z1[claim::mask_row(at[0], at[1], at[2])] = v;
    update_mask_sum(st);
  }
  static void update_mask_sum(ProverState& st) {
    const unsigned n = st.layout().log_n;
    Fr sum;
    for (unsigned i = 0; i < n; i++)
      for (unsigned e = 0; e <= claim::kDegree; e++) sum += st.sumcheck_mask().coefficient(i, e) * Fr(uint64_t{e == 0 ? 2u : 1u});
    st.mask_sum = Fr(uint64_t{2}).pow(uint64_t{n - 1}) * sum;
  }
};

inline void restrict_masks(const Policy& policy, ProverState& st) {
  for (auto& rows : st.mask)
    for (unsigned i = policy.column_rows; i < claim::kMaskRows; i++) rows[i] = Fr::zero();
  for (const uint64_t row : program_mask_rows(st.shape(), st.layout()))
    if (!policy.program(row)) st.program[row] = Fr::zero();
  for (size_t i = 0; i < st.z0.size(); i++)
    if (!policy.z0(i)) st.z0[i] = Fr::zero();
  for (unsigned i = 0; i < st.layout().log_n; i++)
    for (unsigned e = 0; e <= claim::kDegree; e++)
      for (unsigned share = policy.shares; share < 2; share++) st.z1[claim::mask_row(i, e, share)] = Fr::zero();
  Masks::update_mask_sum(st);
}

// ---- Proofs as words ---------------------------------------------------------------------------------------------------

struct AllChallenges {
  claim::Challenges relations;
  Point u, x;
  Fr lambda, mu, kappa, alpha, gamma, zeta, nu, z;
  Vector drawn;
};

// Draws as the verifier does, from any source: challenge(), challenges(n), and next_slice(bytes) before them.
template <class Source>
AllChallenges draw_all(const ProvingKey& key, Source& source) {
  const claim::ProofSizes sizes = proof_sizes(key.shape, key.layout);
  const unsigned n = key.layout.log_n;
  AllChallenges c;
  source.next_slice(sizes.phase1);
  draw_phase1(source, key.shape, c.relations);
  source.next_slice(sizes.phase2);
  draw_phase2(source, key.shape, key.layout, c.relations);
  auto after = [&](size_t bytes) {
    source.next_slice(bytes);
    return source.challenge();
  };
  Point drawn;
  for (unsigned i = 0; i < n; i++) drawn.push_back(after(sizes.main_round));
  c.u = point_of_rounds(key.shape, drawn);
  c.lambda = after(sizes.evaluations);
  c.mu = source.challenge();
  for (unsigned i = 0; i < n; i++) c.x.push_back(after(sizes.reduction_round));
  c.kappa = after(sizes.finals);
  c.alpha = after(64);
  c.gamma = after(2 * 64);
  c.zeta = after(2 * 64);
  c.nu = after(32 * zk::kOpeningValues);
  c.z = after(64);
  c.drawn = source.drawn;
  return c;
}

// The challenges of a proof.
struct SpongeSource {
  zk::Sponge sponge;
  ByteSpan proof;
  Vector drawn;
  void next_slice(size_t bytes) {
    sponge.absorb(proof.first(bytes));
    proof = proof.subspan(bytes);
  }
  Fr challenge() { return drawn.emplace_back(sponge.challenge()); }
  Point challenges(size_t n) {
    Point p(n);
    for (Fr& x : p) x = challenge();
    return p;
  }
};
// Challenges that no proof has determined: what a simulator starts from.
struct RandomSource {
  Random random;
  Vector drawn;
  void next_slice(size_t) {}
  Fr challenge() { return drawn.emplace_back(random.next()); }
  Point challenges(size_t n) {
    Point p(n);
    for (Fr& x : p) x = challenge();
    return p;
  }
};

struct Words {
  const Bytes& proof;
  claim::ProofSizes sizes;
  unsigned n;
  Words(const ProvingKey& key, const Bytes& bytes) : proof(bytes), sizes(proof_sizes(key.shape, key.layout)), n(key.layout.log_n) {}
  Fr scalar(size_t at) const { return *Fr::from_bytes(ByteSpan(proof).subspan(at).first<32>()); }
  zk::G1 point(size_t at) const { return zk::G1(*zk::G1Affine::from_bytes(ByteSpan(proof).subspan(at).first<64>())); }
  size_t rounds() const { return sizes.phase1 + sizes.phase2; }
  size_t evaluations() const { return rounds() + n * sizes.main_round; }
  size_t reduction() const { return evaluations() + sizes.evaluations; }
  size_t finals() const { return reduction() + n * sizes.reduction_round; }
  size_t opening() const { return finals() + sizes.finals; }
};

// One run of the production prover with everything it committed to.
struct Proving {
  claim::Proven proven;
  ProverState state;
};
using Change = std::function<void(ProverState&)>;
inline Proving run_prover(const ProvingKey& key, const sound::Program& program, const Vector& frozen, const Change& masks,
                      const std::function<void(claim::Witness&)>& witness = {}) {
  Proving run;
  claim::ProverHooks hooks;
  hooks.frozen_challenges = frozen;
  hooks.before_phase1 = masks;
  hooks.witness = witness;
  hooks.recount = false;
  hooks.before_phase2 = [&](ProverState& st) { run.state = st; };
  run.proven = toy::prove(key, program, hooks);
  return run;
}

// The mask sum with which the last identity of the main sumcheck holds for `run` and the score: the verifier's claim is
// constant + rho * mask_sum, and its final value is affine in it with slope prod_i u_i.
inline Fr simulated_mask_sum(const ProvingKey& key, const AllChallenges& c, const Proving& run, uint32_t score) {
  const Words words(key, run.proven.proof);
  const ProverState& st = run.state;
  Vector sent;
  for (size_t at = words.evaluations(); at < words.reduction(); at += 32) sent.push_back(words.scalar(at));
  const std::span<const Fr> e = std::span(sent).first(claim::kEvaluatedColumns), claims = std::span(sent).last(claim_count(key.shape));
  const claim::DeferredCheck check =
      claim::evaluate_relations(key.shape, key.layout, c.relations, c.u, e, sent[claim::kEvaluatedColumns], claims);
  Fr want = check.known;  // + <Prog, w_P> + rho <Z1, w_g>
  const zk::PointSpan slot = claim::VmPoint(key.shape, c.u).k;
  for (unsigned op = 0; op < sound::kOpCount; op++)
    for (unsigned k = 0; k < key.shape.slots(); k++)
      want += st.program[flag_row(key.shape, op, k)] * check.c_op[op] * zk::eq_index(slot, k);
  for (unsigned i = 0; i < words.n; i++)
    for (unsigned k = 0; k <= claim::kDegree; k++) want += c.relations.rho * st.sumcheck_mask().coefficient(i, k) * c.u[i].pow(uint64_t{k});

  Fr value, slope = Fr::one();  // of the rounds when they start from claim 0
  for (unsigned i = 0; i < words.n; i++) {
    std::array<Fr, claim::kDegree + 1> p;
    for (unsigned k = 0; k < claim::kDegree; k++) p[k == 0 ? 0 : k + 1] = words.scalar(words.rounds() + 32 * (claim::kDegree * i + k));
    p[1] = value - p[0];
    for (unsigned k = 0; k <= claim::kDegree; k++)
      if (k != 1) p[1] -= p[k];
    const Fr& x = c.u[round_variable(key.shape, i)];
    value = zk::horner(p, x);
    slope *= x;
  }
  const Fr constant = relation_constant(key.shape, key.layout, c.relations, claims, score);
  return ((want - value) * slope.inverse() - constant) * c.relations.rho.inverse();
}

}  // namespace sotto::zero_knowledge
