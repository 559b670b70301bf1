// SPDX-License-Identifier: Apache-2.0
// The fast paths of the machine (helpers, sumcheck rounds) against their slow twins, and the bounds that their lazy arithmetic
// relies on.
#include <gtest/gtest.h>

#include "base/cpu_path.h"
#include "claim/prover/vm_rounds.h"
#include "support/toy.h"
#include "zk/field/lane_bound.h"

namespace sotto::claim {
namespace {

Fr random_scalar(std::mt19937_64& random) { return Fr(random()) * Fr(random()) * Fr(random()) * Fr(random()) + Fr(random()); }

// The state of a toy proof after its second commitments, with random challenges in place of the transcript's.
ProverState state_of(const ProvingKey& key, const sound::Program& program, uint64_t seed) {
  std::optional<ProverState> state;
  ProverHooks hooks;
  hooks.before_phase2 = [&](ProverState& st) { state = st; };
  toy::prove(key, program, hooks);
  std::mt19937_64 random(seed);
  Challenges& c = state->challenges;
  c.alpha.resize(term_count(key.shape));
  c.s.resize(key.shape.source_bits);
  c.tau.resize(key.layout.log_n);
  for (auto* v : {&c.alpha, &c.s, &c.tau})
    for (Fr& x : *v) x = random_scalar(random);
  return std::move(*state);
}

TEST(VmLaneRounds, SameRoundsAsTheSlowTwin) {
  for (uint64_t seed = 1; seed <= 6; seed++) {
    // 208 samples: in four rounds every pair is two samples, and honest constraints are relied on.
    const auto key = toy::key(1, seed > 3 ? 208 : 203);
    ProverState st = state_of(*key, toy::program(seed, seed == 6 ? 4 : 15), seed);  // 6: equal slots
    if (seed > 3) st.sums.emplace(*key, st.witness);
    ASSERT_TRUE(VmLaneRounds::usable(st));
    VmRounds slow(st, VmRounds::Path::kSlow);
    std::vector<VmRounds> fast;
    fast.emplace_back(st, VmRounds::Path::kScalar);
    if (use_ifma()) fast.emplace_back(st, VmRounds::Path::kVector);
    std::mt19937_64 random(seed);
    for (unsigned round = 0; round < key->layout.log_n; round++) {
      const Fr x = random_scalar(random);
      RoundValues expected{};
      slow.add_round(expected);
      slow.bind(x);
      for (size_t i = 0; i < fast.size(); i++) {
        RoundValues values{};
        fast[i].add_round(values);
        ASSERT_EQ(values, expected) << "kernel " << i << ", seed " << seed << ", round " << round;
        fast[i].bind(x);
      }
    }
  }
}

// Every helper by single inversions. `state` has its helpers.
void expect_sums_of_inverses(const ProverState& st) {
  const Shape& s = st.shape();
  const LookupChallenges<Fr> lookup = st.challenges.lookup();
  const Fr limb(uint64_t{1} << s.limb_bits);
  for (uint64_t k = 0; k < s.slots(); k++) {
    auto flag = [&](Op op) { return st.program[flag_row(s, static_cast<unsigned>(op), static_cast<unsigned>(k))]; };
    for (uint64_t t = 0; t < kept_samples(s); t++) {
      const uint64_t x = kept_at(s, k, t);
      const auto q = vm_denominators(lookup, limb, [&](unsigned c) { return Fr(uint64_t{st.witness.vm[c][x]}); });
      const bool used = t < s.samples;
      auto expect = [&](const Fr& h, const Fr& value) { EXPECT_EQ(h, used ? value : Fr::zero()) << "slot " << k << ", sample " << t; };
      expect(st.h[0][x], q.a.inverse() + q.b1.inverse() + q.b2.inverse() + q.c.inverse());
      expect(st.h[1][x], q.w[0].inverse() + q.w[1].inverse() + q.w[2].inverse() + q.w[3].inverse());
      expect(st.h[2][x], flag(Op::kLookup) * q.song.inverse() + flag(Op::kSine) * q.sine.inverse());
    }
  }
}

TEST(VmHelpers, SumsOfInverses) {
  const auto key = toy::key();
  ProverState st = state_of(*key, toy::program(2), 2);
  expect_sums_of_inverses(st);
  for (auto& h : st.h) h.clear();
  st.sums.emplace(*key, st.witness);
  make_phase2(st);
  expect_sums_of_inverses(st);
}

// Commitments by way of the lookup tables and by multi-scalar multiplications over the columns.
TEST(MachineSums, SameCommitments) {
  const auto key = toy::key();
  for (uint64_t seed = 1; seed <= 4; seed++) {
    const ProverState slow = state_of(*key, toy::program(seed), seed);
    ProverState fast = slow;
    fast.sums.emplace(*key, fast.witness);
    unsigned covered = 0;
    for (unsigned c = 0; c < kColumnCount; c++) {
      EXPECT_EQ(commit_column(fast, c), commit_column(slow, c)) << "seed " << seed << ", column " << kColumnNames[c];
      covered += MachineSums::covers(c);
    }
    EXPECT_EQ(covered, 4u * 3 + 1 + 2 + 4 + 3);
  }
}

TEST(VmLaneRounds, LeavesForgeriesToTheSlowTwin) {
  const auto key = toy::key();
  const ProverState honest = state_of(*key, toy::program(1), 1);
  ProverState st = honest;
  st.witness.overrides.push_back({kR, 3, Fr(uint64_t{1} << 40)});
  EXPECT_FALSE(VmLaneRounds::usable(st));
  st = honest;
  st.program[flag_row(key->shape, 0, 0)] = Fr(uint64_t{2});
  EXPECT_FALSE(VmLaneRounds::usable(st));
  st = honest;
  st.h[1][key->shape.samples] = Fr::one();
  EXPECT_FALSE(VmLaneRounds::usable(st));
  st = honest;
  st.witness.vm[kCy][key->shape.samples + 2] = 1;
  EXPECT_FALSE(VmLaneRounds::usable(st));
}

// Forms start below 1.01 p and take six steps below p; steps and constants are below p. fr_lanes.h states what must hold.
TEST(VmLaneRounds, NoLaneOverflows) {
  using zk::LaneBound;
  const LaneBound form(7.01), constant(1);
  LaneBound v[kVmFormCount], base[kTableIdEnd], beta[2] = {constant, constant}, alpha[kTermZero + 1];
  std::fill(std::begin(v), std::end(v), form);
  std::fill(std::begin(base), std::end(base), constant);
  std::fill(std::begin(alpha), std::end(alpha), constant);
  LaneBound::broken = false;
  LaneBound::largest = 0;
  LaneBound sum;
  for (unsigned op = 0; op < sound::kOpCount; op++) {
    const Constants<LaneBound> constants{constant, constant};
    const auto q = denominators_of(v, base, beta, true);
    const LaneBound row = machine_sum_of(v, q, constant, alpha) +
                          operation_sum(static_cast<Op>(op), words_of(v), q, v[kFormHelperL], constants, alpha);
    for (int rows = 0; rows < 1000; rows++) sum += form * row;  // settles: more rows change nothing
  }
  LaneBound steps[kVmFormCount];
  std::fill(std::begin(steps), std::end(steps), constant);
  for (int rows = 0; rows < 1000; rows++) sum += form * leading_sum_of(steps, alpha);
  EXPECT_FALSE(LaneBound::broken);
  EXPECT_LT(LaneBound::largest, 30);
  EXPECT_TRUE((LaneBound(84) * constant, LaneBound::broken));  // the ring does notice
}

}  // namespace
}  // namespace sotto::claim
