// SPDX-License-Identifier: Apache-2.0
// An adversary of unbounded power guesses the song of a proof: it recomputes every column under the guess, solves for the masks
// that would explain the proof, and looks for an equation that fails.
//   refute()   gives the guess every freedom, even rounds that no mask can produce: a contradiction is a leak.
//   explain()  finds masks under which the guessed song gives the same proof byte for byte, by running the production prover.
#pragma once
#include <gtest/gtest.h>

#include <map>

#include "claim/statement/closed_form.h"
#include "claim/statement/transcript.h"
#include "claim/verifier/checks.h"
#include "support/toy.h"
#include "zero_knowledge/transcript_map.h"

namespace sotto::zero_knowledge {

using claim::ProverState;
using claim::ProvingKey;

inline bool is_masked_by_rows(unsigned column) { return column != claim::kProg && column != claim::kZ0 && column != claim::kZ1; }

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
    for (const auto& [at, v] : z1) st.z1[claim::z1_row(at[0], at[1], at[2])] = v;
    update_mask_sum(st);
  }
  static void update_mask_sum(ProverState& st) {
    const unsigned n = st.layout().log_n;
    Fr sum;
    for (unsigned i = 0; i < n; i++)
      for (unsigned e = 0; e <= claim::kDegree; e++) sum += st.mask_coefficient(i, e) * Fr(uint64_t{e == 0 ? 2u : 1u});
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
      for (unsigned share = policy.shares; share < 2; share++) st.z1[claim::z1_row(i, e, share)] = Fr::zero();
  Masks::update_mask_sum(st);
}

// ---- Proofs as words ---------------------------------------------------------------------------------------------------

struct AllChallenges {
  claim::Challenges relations;
  Point u, x;
  Fr lambda, mu, kappa, r, nu, z;
  Vector drawn;
};

// Draws as the verifier does, from any source: challenge(), challenges(n), and next_slice(bytes) before them.
template <class Source>
AllChallenges draw_all(const ProvingKey& key, Source& source) {
  const claim::ProofSizes sizes = proof_sizes(key.shape, key.layout);
  const unsigned n = key.layout.log_n, levels = zk::opening_levels(n);
  AllChallenges c;
  source.next_slice(sizes.phase1);
  draw_phase1(source, key.shape, c.relations);
  source.next_slice(sizes.phase2);
  draw_phase2(source, key.shape, key.layout, c.relations);
  auto after = [&](size_t bytes) {
    source.next_slice(bytes);
    return source.challenge();
  };
  for (unsigned i = 0; i < n; i++) c.u.push_back(after(sizes.main_round));
  c.lambda = after(sizes.evaluations);
  c.mu = source.challenge();
  for (unsigned i = 0; i < n; i++) c.x.push_back(after(sizes.reduction_round));
  c.kappa = after(sizes.finals);
  c.r = after(64 * (levels - 1) + 32 * zk::clear_size(n));
  c.nu = after(32 * (8 + 7 * (levels - 1)));
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
  size_t folds() const { return finals() + sizes.finals; }
  size_t clear() const { return folds() + 64 * (zk::opening_levels(n) - 1); }
  size_t remainders() const { return clear() + 32 * zk::clear_size(n); }
  size_t quotient() const { return sizes.total - 128; }
  size_t witness() const { return sizes.total - 64; }
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
  const std::span<const Fr> claims(sent.data() + claim::kEvaluatedColumns + 1, claim_count(key.shape));
  const claim::DeferredCheck check =
      claim::evaluate_relations(key.shape, key.layout, c.relations, c.u, std::span(sent).first(claim::kEvaluatedColumns), sent[claim::kEvaluatedColumns], claims);
  Fr want = check.known;  // + <Prog, w_P> + rho <Z1, w_g>
  const zk::PointSpan slot = zk::PointSpan(c.u).subspan(key.shape.sample_bits);
  for (unsigned op = 0; op < sound::kOpCount; op++)
    for (unsigned k = 0; k < key.shape.slots(); k++) want += st.program[flag_row(key.shape, op, k)] * check.c_op[op] * zk::eq_index(slot, k);
  for (unsigned i = 0; i < words.n; i++)
    for (unsigned e = 0; e <= claim::kDegree; e++) want += c.relations.rho * st.mask_coefficient(i, e) * c.u[i].pow(uint64_t{e});

  Fr value, slope = Fr::one();  // of the rounds when they start from claim 0
  for (unsigned i = 0; i < words.n; i++) {
    std::array<Fr, claim::kDegree + 1> p;
    for (unsigned e = 0; e < claim::kDegree; e++) p[e == 0 ? 0 : e + 1] = words.scalar(words.rounds() + 32 * (claim::kDegree * i + e));
    p[1] = value - p[0];
    for (unsigned e = 0; e <= claim::kDegree; e++)
      if (e != 1) p[1] -= p[e];
    value = zk::horner(p, c.u[i]);
    slope *= c.u[i];
  }
  const Fr constant = relation_constant(key.shape, key.layout, c.relations, claims, score);
  return ((want - value) * slope.inverse() - constant) * c.relations.rho.inverse();
}

// ---- The guess -----------------------------------------------------------------------------------------------------------

class Adversary {
 public:
  // `target`: what the prover committed to. Of a real proof an adversary has the commitments, which are read here as exponents.
  Adversary(const ProvingKey& key, const ProverState& target, const AllChallenges& challenges)
      : key_(key), target_(target), c_(challenges), map_(key.shape, key.layout.log_n, linear_part()) {
    Fr tau = Fr::one();
    tau_powers_.resize(key.layout.rows());
    for (Fr& p : tau_powers_) p = tau, tau *= tau_;
  }

  struct Contradictions {
    size_t columns = 0, equations = 0;  // columns without masks; equations left over from the rest
    bool none() const { return columns + equations == 0; }
  };
  // `guess`: the guessed song's columns without masks, under the same challenges.
  Contradictions refute(const ProverState& guess, const Policy& policy, uint64_t seed = 1) const {
    Contradictions found;
    Masks masks;
    found.columns = solve_columns(guess, policy, masks);
    if (found.columns != 0) return found;
    ProverState have = guess;
    masks.apply(have);
    Random random(seed);
    Vector difference = map_.zero();
    const Fr end = add_difference(difference, have);
    map_.add_random_rounds(difference, end, random);
    Unknowns free = unknowns(policy);
    std::vector<Vector> columns = std::move(free.program_columns);
    std::move(free.other_columns.begin(), free.other_columns.end(), std::back_inserter(columns));
    for (unsigned i = 0; i < TranscriptMap::kSent * key_.layout.log_n; i++) map_.add_random_rounds(columns.emplace_back(map_.zero()), Fr::zero(), random);
    found.equations = solve(columns, difference).violated;
    return found;
  }

  // Phase-1 columns that contradict the guess when the same masks were used in a second proof: their evaluation at that
  // proof's point is a third equation for two masks.
  size_t refute_reuse(const ProverState& guess, const Point& other_u) const {
    Masks masks;
    solve_columns(guess, {}, masks);
    ProverState have = guess;
    masks.apply(have);
    const Vector e_want = evaluate_columns(target_, other_u), e_have = evaluate_columns(have, other_u);
    size_t contradicted = 0;
    for (unsigned c = 0; c < claim::kProg; c++) contradicted += e_want[c] != e_have[c];
    return contradicted;
  }

  // The guessed song's proof under masks that explain `proof`, the target's; empty when there are none.
  // Z0 and Z1 act linearly; masks of the program do so up to directions of Z0 and Z1 (rank.test.cpp), hence two steps.
  Bytes explain(const sound::Program& program, const Bytes& proof) const {
    const Policy all;
    Masks masks;
    if (solve_columns(run(program, masks).state, all, masks) != 0) return {};
    Unknowns free = unknowns(all);
    std::vector<Vector> columns = free.program_columns;
    columns.insert(columns.end(), free.other_columns.begin(), free.other_columns.end());
    const Solution joint = solve(columns, difference_from(run(program, masks), proof));
    if (!joint.found()) return {};
    for (size_t i = 0; i < free.program_rows.size(); i++) masks.program[free.program_rows[i]] += joint.x[i];
    const Solution rest = solve(free.other_columns, difference_from(run(program, masks), proof));
    if (!rest.found()) return {};
    for (size_t i = 0; i < free.z0.size(); i++) masks.z0[free.z0[i]] = rest.x[i];
    for (size_t i = 0; i < free.z1.size(); i++) masks.z1[free.z1[i]] = rest.x[free.z0.size() + i];
    return run(program, masks).proven.proof;
  }

 private:
  struct Unknowns {
    std::vector<uint64_t> program_rows;
    std::vector<size_t> z0;
    std::vector<std::array<unsigned, 3>> z1;
    std::vector<Vector> program_columns, other_columns;
  };

  Proving run(const sound::Program& program, const Masks& masks) const {
    return run_prover(key_, program, c_.drawn, [&](ProverState& st) { masks.apply(st); });
  }
  LinearChallenges linear_part() const {
    const Vector e = evaluate_columns(target_, c_.u);
    Vector claims;
    for (const Point& p : claim_points(key_.shape, key_.layout, c_.relations, c_.u)) claims.push_back(zk::evaluate(key_.weights, p));
    const claim::DeferredCheck check = claim::evaluate_relations(key_.shape, key_.layout, c_.relations, c_.u, e, zk::evaluate(key_.table_out, c_.u), claims);
    LinearChallenges l{c_.u, c_.x, c_.relations.rho, c_.mu, c_.kappa, c_.r, c_.nu, c_.z, tau_, {}};
    std::copy(std::begin(check.c_op), std::end(check.c_op), l.c_op);
    return l;
  }
  Fr lambda(unsigned column) const { return c_.lambda.pow(uint64_t{claim::evaluated_index(column)}); }
  Tensor unit(uint64_t row, const Fr& scale = Fr::one()) const {
    Tensor t = Tensor::unit(row, key_.layout.log_n);
    for (Fr& end : t.ends[0]) end *= scale;
    return t;
  }

  // f(tau) of a column: its commitment as the adversary sees it.
  Fr exponent(const ProverState& st, unsigned column) const {
    Fr sum;
    auto add = [&](const Vector& values) {
      for (size_t x = 0; x < values.size(); x++)
        if (!values[x].is_zero()) sum += values[x] * tau_powers_[x];
    };
    if (column < claim::kVmColumnCount) {
      for (size_t x = 0; x < st.witness.vm[column].size(); x++)
        if (const uint32_t v = st.witness.vm[column][x]) sum += Fr(uint64_t{v}) * tau_powers_[x];
    } else if (column == claim::kH1 || column == claim::kH2 || column == claim::kHL) {
      add(st.h[column - claim::kH1]);
    } else {
      add(st.short_column(column));
    }
    if (column != claim::kProg)
      for (unsigned i = 0; i < claim::kMaskRows; i++) sum += st.mask[column][i] * tau_powers_[tau_powers_.size() - claim::kMaskRows + i];
    return sum;
  }
  // Rows N-2 and N-1 of every column from its commitment and evaluation, and first values for the program. Returns the number
  // of columns without a solution.
  size_t solve_columns(const ProverState& have, const Policy& policy, Masks& masks) const {
    const ProverState& want = target_;
    const Vector e_want = evaluate_columns(want, c_.u), e_have = evaluate_columns(have, c_.u);
    size_t contradicted = 0;
    const uint64_t n = key_.layout.rows();
    for (unsigned c = 0; c < claim::kColumnCount; c++) {
      if (c == claim::kZ0 || c == claim::kZ1) continue;
      std::vector<uint64_t> rows;
      if (c == claim::kProg) {
        for (const uint64_t row : program_mask_rows(key_.shape, key_.layout))
          if (policy.program(row)) rows.push_back(row);
      } else {
        for (unsigned i = 0; i < policy.column_rows; i++) rows.push_back(n - claim::kMaskRows + i);
      }
      std::vector<Vector> unknown;
      for (const uint64_t row : rows) unknown.push_back({tau_powers_[row], zk::eq_index(c_.u, row)});
      const unsigned j = claim::evaluated_index(c);
      const Solution s = solve(unknown, {exponent(want, c) - exponent(have, c), e_want[j] - e_have[j]});
      contradicted += !s.found();
      for (size_t i = 0; i < rows.size(); i++) (c == claim::kProg ? masks.program[rows[i]] : masks.column[c][i]) = s.x[i];
    }
    return contradicted;
  }

  Unknowns unknowns(const Policy& policy) const {
    Unknowns u;
    for (const uint64_t row : program_mask_rows(key_.shape, key_.layout)) {
      if (!policy.program(row)) continue;
      u.program_rows.push_back(row);
      u.program_columns.push_back(map_.zero());
      map_.add_column(u.program_columns.back(), TranscriptMap::kProgram, unit(row), lambda(claim::kProg));
      map_.add_program(u.program_columns.back(), unit(row));
    }
    const std::vector<uint64_t> z0 = z0_rows(key_.layout);
    for (size_t i = 0; i < z0.size(); i++) {
      if (!policy.z0(i)) continue;
      u.z0.push_back(i);
      u.other_columns.push_back(map_.zero());
      map_.add_column(u.other_columns.back(), TranscriptMap::kZ0, unit(z0[i]), lambda(claim::kZ0));
    }
    for (unsigned i = 0; i < key_.layout.log_n; i++)
      for (unsigned e = 0; e <= claim::kDegree; e++)
        for (unsigned share = 0; share < policy.shares; share++) {
          u.z1.push_back({i, e, share});
          u.other_columns.push_back(map_.zero());
          map_.add_sumcheck_mask(u.other_columns.back(), i, e, share);
        }
    return u;
  }

  // Adds target minus `have` in everything the verifier sees but for the unmasked rounds; returns the same of <Prog, w_P>.
  Fr add_difference(Vector& d, const ProverState& have) const {
    const ProverState& want = target_;
    const Vector f_want = combine_columns(want, c_.lambda), f_have = combine_columns(have, c_.lambda);
    for (uint64_t x = 0; x < f_want.size(); x++)
      if (f_want[x] != f_have[x]) map_.add_opened(d, unit(x), f_want[x] - f_have[x]);
    Fr end;
    for (uint64_t x = 0; x < want.program.size(); x++)
      if (want.program[x] != have.program[x]) {
        const Tensor f = unit(x, want.program[x] - have.program[x]);
        map_.add_commitment(d, TranscriptMap::kProgram, f);
        end += map_.add_program(d, f);
      }
    const std::vector<uint64_t> z0 = z0_rows(key_.layout);
    for (size_t i = 0; i < z0.size(); i++) map_.add_commitment(d, TranscriptMap::kZ0, unit(z0[i], want.z0[i] - have.z0[i]));
    for (unsigned i = 0; i < key_.layout.log_n; i++)
      for (unsigned e = 0; e <= claim::kDegree; e++)
        for (unsigned share = 0; share < 2; share++) {
          const uint64_t row = claim::z1_row(i, e, share);
          Vector v = map_.zero();
          map_.add_sumcheck_mask(v, i, e, share);
          for (size_t k = 0; k < v.size(); k++) d[k] += (want.z1[row] - have.z1[row]) * v[k];
        }
    return end;
  }
  // The same with rounds and mask sum read from the proofs. What the map says of the other words must be what the proofs say.
  Vector difference_from(const Proving& run, const Bytes& proof) const {
    Vector d = map_.zero();
    add_difference(d, run.state);
    const Words want(key_, proof), have(key_, run.proven.proof);
    auto word = [&](size_t at) { return want.scalar(at) - have.scalar(at); };
    d[TranscriptMap::kMaskSum] = word(64 * claim::kPhase1Count);
    for (size_t i = TranscriptMap::kRounds; i < map_.reduction(); i++) d[i] = word(want.rounds() + 32 * (i - TranscriptMap::kRounds));
    check_against_proof(d, want, have);
    return d;
  }
  void check_against_proof(const Vector& d, const Words& want, const Words& have) const {
    auto compare = [&](size_t first, size_t end, size_t at) {
      for (size_t i = first; i < end; i++, at += 32) EXPECT_EQ(d[i], want.scalar(at) - have.scalar(at)) << "word of the map " << i;
    };
    compare(map_.reduction(), map_.folds(), want.reduction());
    compare(map_.clear(), map_.quotients(), want.clear());
    auto compare_point = [&](size_t i, size_t at) {
      const zk::G1 p = want.point(at) + -have.point(at);
      EXPECT_TRUE(p.to_affine() == (zk::G1(zk::G1Affine::generator()) * d[i]).to_affine()) << "commitment of the map " << i;
    };
    for (size_t i = map_.folds(); i < map_.clear(); i++) compare_point(i, want.folds() + 64 * (i - map_.folds()));
    compare_point(map_.quotients(), want.quotient());
    compare_point(map_.quotients() + 1, want.witness());
    compare_point(TranscriptMap::kProgram, 64 * claim::kProg);
    compare_point(TranscriptMap::kZ0, 64 * claim::kZ0);
    compare_point(TranscriptMap::kZ1, 64 * claim::kZ1);
  }

  const ProvingKey& key_;
  const ProverState& target_;
  const AllChallenges& c_;
  const Fr tau_ = zk::development_tau();
  TranscriptMap map_;
  Vector tau_powers_;
};

}  // namespace sotto::zero_knowledge
