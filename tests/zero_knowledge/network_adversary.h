// SPDX-License-Identifier: Apache-2.0
// An adversary of unbounded power guesses the input of a network's proof: it recomputes every column under the guess and solves for
// masks that explain the proof (adversary.h does this for songs). Commitments are read as exponents.
#pragma once
#include "support/network_frozen.h"
#include "zero_knowledge/transcript_map.h"
#include "zk/commit/opening_mask.h"
#include "zk/sumcheck/libra_mask.h"

namespace sotto::zero_knowledge {

using network_attack::Plan;
using network_attack::ProofOffsets;
using network_attack::Recorded;
using network_attack::Subject;
using claim::network::Circuit;
using claim::network::Proven;
using claim::network::ProverState;

inline ProofKind network_kind(unsigned log_n) {
  ProofKind kind{claim::network::kDegree, {}, 1};
  for (unsigned i = 0; i < log_n; i++) kind.order.push_back(i);
  return kind;
}

struct NetworkMasks {
  std::array<std::array<Fr, zk::kMaskRows>, claim::network::kWitnessColumns> column{};
  Vector z0 = Vector(zk::kZ0Entries), z1;

  void apply(ProverState& st) const {
    const unsigned n = st.circuit().log_n;
    st.mask = column, st.z0 = z0, st.z1 = z1;
    st.z1.resize(zk::mask_row(n, 0, 0));
    st.mask_sum = zk::LibraMask(st.z1, n, claim::network::kDegree).sum();
  }
};

class NetworkAdversary {
 public:
  // Of a real proof an adversary has the commitments; here they are computed from `target`, what the prover committed to.
  explicit NetworkAdversary(const Recorded& target)
      : rec_(target), c_(target.s.circuit()), map_(network_kind(c_.log_n), c_.log_n, challenges()) {
    Fr power = Fr::one();
    for (uint64_t x = 0; x < uint64_t{1} << c_.log_n; x++, power *= tau_) tau_powers_.push_back(power);
  }

  // How many columns contradict the guess when every column has `rows` random entries.
  size_t contradicted(const Plan& guess, unsigned rows) const {
    NetworkMasks masks;
    return solve_columns(run(guess, masks).second, rows, masks);
  }

  // The guessed input's proof under masks that explain the target's; empty when there are none.
  Bytes explain(const Plan& guess) const {
    NetworkMasks masks;
    if (solve_columns(run(guess, masks).second, zk::kMaskRows, masks) != 0) return {};
    const std::vector<uint64_t> z0 = zk::opening_mask_rows(c_.mask_at);
    std::vector<Vector> columns;
    const Fr scale = lambda(claim::network::kZ0);
    for (const uint64_t row : z0)
      map_.add_column(columns.emplace_back(map_.zero()), TranscriptMap::kZ0, Tensor::unit(row, c_.log_n), scale);
    std::vector<uint64_t> z1;
    for (unsigned i = 0; i < c_.log_n; i++)
      for (unsigned e = 0; e <= claim::network::kDegree; e++)
        for (unsigned share = 0; share < 2; share++) {
          z1.push_back(zk::mask_row(i, e, share));
          map_.add_sumcheck_mask(columns.emplace_back(map_.zero()), i, e, share);
        }
    const Solution s = solve(columns, difference_from(run(guess, masks)));
    if (!s.found()) return {};
    std::copy_n(s.x.begin(), z0.size(), masks.z0.begin());
    masks.z1.resize(zk::mask_row(c_.log_n, 0, 0));
    for (size_t i = 0; i < z1.size(); i++) masks.z1[z1[i]] = s.x[z0.size() + i];
    return run(guess, masks).first.proof;
  }

 private:
  using Run = std::pair<Proven, ProverState>;
  Run run(const Plan& guess, const NetworkMasks& masks) const {
    ProverState state;
    Plan plan = guess;
    plan.phase1 = [&](ProverState& st) { masks.apply(st); };
    plan.phase2 = [&](ProverState& st) { state = st; };
    Proven proven = prove_plan(rec_.s, plan, {}, rec_.all);
    return {std::move(proven), std::move(state)};
  }
  LinearChallenges challenges() const {
    const std::vector<Fr>& all = rec_.all;
    const Fr* opening = &all[rec_.kappa + 1];
    return {rec_.u, rec_.x, rec_.challenges.rho, all[rec_.reduce + 1], all[rec_.kappa],
            {opening[0], opening[1], opening[2], opening[3], opening[4], zk::development_tau()}, {}};
  }
  Fr lambda(unsigned column) const { return rec_.all[rec_.reduce].pow(uint64_t{claim::network::evaluated_index(column)}); }

  // A column without the masks of the opening and the sumcheck, by row.
  Vector column_of(const ProverState& st, unsigned column) const {
    Vector v;
    if (column < claim::network::kH1)
      for (size_t row = 0; row < st.integers(column).size(); row++) v.push_back(Fr::from_signed(st.integers(column)[row]));
    else
      v = st.scalars(column);
    v.resize(c_.mask_at);
    v.insert(v.end(), st.mask[column].begin(), st.mask[column].end());
    return v;
  }
  // The mask rows of every column from its commitment and evaluation. Returns the number of columns without a solution.
  size_t solve_columns(const ProverState& have, unsigned rows, NetworkMasks& masks) const {
    using namespace claim::network;
    size_t count = 0;
    for (unsigned column = 0; column < kWitnessColumns; column++) {
      if (column == kZ0 || column == kZ1) continue;
      const Vector want = column_of(rec_.state, column), is = column_of(have, column);
      std::vector<Vector> unknown;
      for (unsigned i = 0; i < rows; i++) unknown.push_back({tau_powers_[c_.mask_at + i], zk::eq_index(rec_.u, c_.mask_at + i)});
      Vector gap = {Fr::zero(), zk::evaluate(want, rec_.u) - zk::evaluate(is, rec_.u)};
      for (size_t x = 0; x < want.size(); x++) gap[0] += (want[x] - is[x]) * tau_powers_[x];
      if (rows < zk::kMaskRows)  // what the target hides in the rows that this prover has not
        for (unsigned i = rows; i < zk::kMaskRows; i++) {
          gap[0] -= want[c_.mask_at + i] * tau_powers_[c_.mask_at + i];
          gap[1] -= want[c_.mask_at + i] * zk::eq_index(rec_.u, c_.mask_at + i);
        }
      const Solution s = solve(unknown, gap);
      count += !s.found();
      for (unsigned i = 0; i < rows; i++) masks.column[column][i] = s.x[i];
    }
    return count;
  }

  // Target minus `run` in everything that the verifier sees: rounds and mask sum as the proofs have them, the rest by the map, which
  // must be what the proofs say.
  Vector difference_from(const Run& run) const {
    Vector d = map_.zero();
    const ProverState &want = rec_.state, &have = run.second;
    const Fr lambda1 = rec_.all[rec_.reduce];
    const Vector f_want = combine_columns(want, lambda1), f_have = combine_columns(have, lambda1);
    for (uint64_t x = 0; x < f_want.size(); x++)
      if (f_want[x] != f_have[x]) map_.add_opened(d, Tensor::unit(x, c_.log_n), f_want[x] - f_have[x]);
    const std::vector<uint64_t> z0 = zk::opening_mask_rows(c_.mask_at);
    for (size_t i = 0; i < z0.size(); i++) {
      Tensor entry = Tensor::unit(z0[i], c_.log_n);
      for (Fr& end : entry.ends[0]) end *= want.z0[i] - have.z0[i];
      map_.add_commitment(d, TranscriptMap::kZ0, entry);
    }
    for (unsigned i = 0; i < c_.log_n; i++)
      for (unsigned e = 0; e <= claim::network::kDegree; e++)
        for (unsigned share = 0; share < 2; share++) {
          Vector v = map_.zero();
          map_.add_sumcheck_mask(v, i, e, share);
          const uint64_t row = zk::mask_row(i, e, share);
          for (size_t k = 0; k < v.size(); k++) d[k] += (want.z1[row] - have.z1[row]) * v[k];
        }
    const Bytes &target = rec_.honest.proof, &mine = run.first.proof;
    d[TranscriptMap::kMaskSum] = scalar(target, rec_.at.mask_sum) - scalar(mine, rec_.at.mask_sum);
    for (size_t i = TranscriptMap::kRounds; i < map_.reduction(); i++) {
      const size_t at = rec_.at.rounds + 32 * (i - TranscriptMap::kRounds);
      d[i] = scalar(target, at) - scalar(mine, at);
    }
    for (size_t i = map_.reduction(); i <= map_.finals(); i++)
      compare(d[i], rec_.at.reduction + 32 * (i - map_.reduction()), mine);
    compare(d[map_.finals() + 2], rec_.at.finals + 32, mine);  // Z1(x*)
    for (unsigned word = 0; word < OpeningMap::kWords; word++) {
      const Fr& v = d[map_.opening() + word];
      const size_t at = rec_.at.opening + OpeningMap::offset(word);
      OpeningMap::is_point(word) ? compare_point(v, at, mine) : compare(v, at, mine);
    }
    compare_point(d[TranscriptMap::kZ0], 64 * claim::network::kZ0, mine);
    compare_point(d[TranscriptMap::kZ1], 64 * claim::network::kZ1, mine);
    return d;
  }
  static Fr scalar(const Bytes& proof, size_t at) { return *Fr::from_bytes(ByteSpan(proof).subspan(at).first<32>()); }
  void compare(const Fr& d, size_t at, const Bytes& mine) const {
    EXPECT_EQ(d, scalar(rec_.honest.proof, at) - scalar(mine, at)) << "word at byte " << at;
  }
  void compare_point(const Fr& d, size_t at, const Bytes& mine) const {
    const auto point = [&](const Bytes& proof) { return zk::G1(*zk::G1Affine::from_bytes(ByteSpan(proof).subspan(at).first<64>())); };
    const zk::G1 gap = point(rec_.honest.proof) + -point(mine);
    EXPECT_TRUE(gap.to_affine() == (zk::G1(zk::G1Affine::generator()) * d).to_affine()) << "commitment at byte " << at;
  }

  const Recorded& rec_;
  const Circuit& c_;
  const Fr tau_ = zk::development_tau();
  TranscriptMap map_;
  Vector tau_powers_;
};

}  // namespace sotto::zero_knowledge
