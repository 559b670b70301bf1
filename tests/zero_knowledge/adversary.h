// SPDX-License-Identifier: Apache-2.0
// An adversary of unbounded power guesses the song of a proof: it recomputes every column under the guess, solves for the masks
// that would explain the proof, and looks for an equation that fails.
//   refute()   gives the guess every freedom, even rounds that no mask can produce: a contradiction is a leak.
//   explain()  finds masks under which the guessed song gives the same proof byte for byte, by running the production prover.
#pragma once
#include <gtest/gtest.h>

#include "zero_knowledge/prover_runs.h"

namespace sotto::zero_knowledge {

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
    for (unsigned i = 0; i < map_.sent() * key_.layout.log_n; i++)
      map_.add_random_rounds(columns.emplace_back(map_.zero()), Fr::zero(), random);
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
    for (const Point& p : claim_points(key_.shape, key_.layout, c_.relations, c_.u))
      claims.push_back(zk::evaluate(key_.weights, p));
    const Fr table_out = zk::evaluate(key_.table_out, c_.u);
    const claim::DeferredCheck check = claim::evaluate_relations(key_.shape, key_.layout, c_.relations, c_.u, e, table_out, claims);
    const OpeningChallenges opening{c_.alpha, c_.gamma, c_.zeta, c_.nu, c_.z, tau_};
    LinearChallenges l{c_.u, c_.x, c_.relations.rho, c_.mu, c_.kappa, opening, {}};
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
        if (const uint32_t v = st.witness.vm[column][x]) sum += Fr(uint64_t{v}) * tau_powers_[row_of_kept(key_.shape, x)];
    } else if (column == claim::kH1 || column == claim::kH2 || column == claim::kHL) {
      const Vector& h = st.h[column - claim::kH1];
      for (size_t x = 0; x < h.size(); x++)
        if (!h[x].is_zero()) sum += h[x] * tau_powers_[row_of_kept(key_.shape, x)];
    } else {
      add(st.short_column(column));
    }
    if (column != claim::kProg)
      for (unsigned i = 0; i < claim::kMaskRows; i++)
        sum += st.mask[column][i] * tau_powers_[key_.layout.mask_at + i];
    return sum;
  }
  // The mask rows of every column from its commitment and evaluation, and first values for the program. Returns the number
  // of columns without a solution.
  size_t solve_columns(const ProverState& have, const Policy& policy, Masks& masks) const {
    const ProverState& want = target_;
    const Vector e_want = evaluate_columns(want, c_.u), e_have = evaluate_columns(have, c_.u);
    size_t contradicted = 0;
    for (unsigned c = 0; c < claim::kColumnCount; c++) {
      if (c == claim::kZ0 || c == claim::kZ1) continue;
      std::vector<uint64_t> rows;
      if (c == claim::kProg) {
        for (const uint64_t row : program_mask_rows(key_.shape, key_.layout))
          if (policy.program(row)) rows.push_back(row);
      } else {
        for (unsigned i = 0; i < policy.column_rows; i++) rows.push_back(key_.layout.mask_at + i);
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
          const uint64_t row = claim::mask_row(i, e, share);
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
    for (size_t i = TranscriptMap::kRounds; i < map_.reduction(); i++)
      d[i] = word(want.rounds() + 32 * (i - TranscriptMap::kRounds));
    check_against_proof(d, want, have);
    return d;
  }
  void check_against_proof(const Vector& d, const Words& want, const Words& have) const {
    auto compare = [&](size_t i, size_t at) {
      EXPECT_EQ(d[i], want.scalar(at) - have.scalar(at)) << "word of the map " << i;
    };
    for (size_t i = map_.reduction(); i < map_.opening(); i++)
      compare(i, want.reduction() + 32 * (i - map_.reduction()));
    auto compare_point = [&](size_t i, size_t at) {
      const zk::G1 p = want.point(at) + -have.point(at);
      EXPECT_TRUE(p.to_affine() == (zk::G1(zk::G1Affine::generator()) * d[i]).to_affine()) << "commitment of the map " << i;
    };
    for (unsigned word = 0; word < OpeningMap::kWords; word++) {
      const size_t at = want.opening() + OpeningMap::offset(word);
      OpeningMap::is_point(word) ? compare_point(map_.opening() + word, at) : compare(map_.opening() + word, at);
    }
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
