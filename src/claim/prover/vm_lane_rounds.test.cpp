// SPDX-License-Identifier: Apache-2.0
// The vector path of the machine's rounds against its slow twin, and the bounds that its lazy arithmetic relies on.
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
  if (!use_ifma()) GTEST_SKIP() << "SOTTO-SKIPPED: this machine has no AVX-512 IFMA";
  const auto key = toy::key();
  for (uint64_t seed = 1; seed <= 6; seed++) {
    const ProverState st = state_of(*key, toy::program(seed), seed);
    ASSERT_TRUE(VmLaneRounds::usable(st));
    VmRounds fast(st, true), slow(st, false);
    std::mt19937_64 random(seed);
    for (unsigned round = 0; round < key->layout.log_n; round++) {
      RoundValues a{}, b{};
      fast.add_round(a);
      slow.add_round(b);
      ASSERT_EQ(a, b) << "seed " << seed << ", round " << round;
      const Fr x = random_scalar(random);
      fast.bind(x);
      slow.bind(x);
    }
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

// Forms start below 1.01 p and take six steps below p; constants are below p. fr_lanes.h states what must hold.
TEST(VmLaneRounds, NoLaneOverflows) {
  using zk::LaneBound;
  const LaneBound form(7.01), constant(1);
  LaneBound v[kVmFormCount], base[10], alpha[kTermZero + 1];
  std::fill(std::begin(v), std::end(v), form);
  std::fill(std::begin(base), std::end(base), constant);
  std::fill(std::begin(alpha), std::end(alpha), constant);
  LaneBound::broken = false;
  LaneBound::largest = 0;
  LaneBound sum;
  for (unsigned op = 0; op < sound::kOpCount; op++) {
    const Constants<LaneBound> constants{constant, constant};
    const LaneBound row = machine_sum_of(v, base, constant, alpha) + operation_sum(static_cast<Op>(op), words_of(v), constants, alpha);
    for (int rows = 0; rows < 1000; rows++) sum += form * row;  // settles: more rows change nothing
  }
  EXPECT_FALSE(LaneBound::broken);
  EXPECT_LT(LaneBound::largest, 30);
  EXPECT_TRUE((LaneBound(84) * constant, LaneBound::broken));  // the ring does notice
}

}  // namespace
}  // namespace sotto::claim
