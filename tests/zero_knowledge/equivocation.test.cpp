// SPDX-License-Identifier: Apache-2.0
// The guess test (protocol review Z1): can an adversary with unbounded power tell from a proof which of two songs of equal score
// was proved? With all masks it cannot, and with masks missing it can. The simulator test replaces one song by no song at all.
#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "zero_knowledge/adversary.h"

namespace sotto {
namespace {

using namespace zero_knowledge;

struct Songs {
  sound::Program a, b;
};

// Two programs with equal score and different samples.
const Songs& songs(const ProvingKey& key) {
  static const Songs found = [&] {
    std::map<uint32_t, std::pair<sound::Program, std::vector<uint32_t>>> seen;
    for (uint64_t seed = 1;; seed++) {
      const sound::Program p = toy::program(seed, 6);
      const claim::Witness w = make_witness(key.shape, key.layout, key.net, p);
      const auto first = w.vm[claim::kA0].begin() + static_cast<ptrdiff_t>(kept_at(key.shape, key.shape.slots() - 1, 0));
      const std::vector<uint32_t> samples(first, first + key.shape.samples);
      if (std::set<uint32_t>(samples.begin(), samples.end()).size() < 4) continue;  // nearly silent
      const auto [it, is_new] = seen.try_emplace(w.score, p, samples);
      if (!is_new && it->second.second != samples) return Songs{it->second.first, p};
    }
  }();
  return found;
}

// Everything below runs under challenges that were drawn once, so that the songs' columns are made once.
struct Stage {
  std::shared_ptr<const ProvingKey> key = toy::key();
  AllChallenges challenges;
  ProverState a, b;  // without masks

  Stage() {
    RandomSource source{Random(2026), {}};
    challenges = draw_all(*key, source);
    const Change no_masks = [](ProverState& st) { Masks().apply(st); };
    a = run_prover(*key, songs(*key).a, challenges.drawn, no_masks).state;
    b = run_prover(*key, songs(*key).b, challenges.drawn, no_masks).state;
  }
  static const Stage& get() {
    static const Stage stage;
    return stage;
  }
};

ProverState with_masks(const ProverState& state, const Policy& policy, uint64_t seed) {
  ProverState st = state;
  claim::MaskSource source = claim::MaskSource::deterministic(seed);
  draw_masks(st, source);
  restrict_masks(policy, st);
  return st;
}

TEST(Equivocation, AnotherSongExplainsAProofByteForByte) {
  const auto key = toy::key();
  const Proving run = run_prover(*key, songs(*key).a, {}, {});
  ASSERT_TRUE(claim::verify(key->vk, run.proven.statement, run.proven.proof).ok());
  SpongeSource source{zk::Sponge(transcript_statement(run.proven.statement)), run.proven.proof, {}};
  const AllChallenges challenges = draw_all(*key, source);
  const Adversary adversary(*key, run.state, challenges);
  EXPECT_TRUE(adversary.explain(songs(*key).b, run.proven.proof) == run.proven.proof);
}

// Leaves masks out and tells whether the wrong song is refuted. The right one never is.
void expect(bool leak, const Policy& policy, const std::string& name) {
  const Stage& stage = Stage::get();
  const ProverState target = with_masks(stage.a, policy, 7);
  const Adversary adversary(*stage.key, target, stage.challenges);
  const Adversary::Contradictions wrong = adversary.refute(stage.b, policy);
  std::printf("%s: %zu columns, %zu equations\n", name.c_str(), wrong.columns, wrong.equations);
  EXPECT_EQ(!wrong.none(), leak) << name;
  EXPECT_TRUE(adversary.refute(stage.a, policy).none()) << name;
}

uint64_t flag_rows() { return claim::flag_row(Stage::get().key->shape, 32, 0); }

TEST(Equivocation, AllMasksHide) { expect(false, {}, "all masks"); }

TEST(Equivocation, OneRandomRowPerColumnLeaks) {
  Policy p;
  p.column_rows = 1;
  expect(true, p, "one random row per column");
}

TEST(Equivocation, ABlockWithoutProgramMasksLeaks) {
  const uint64_t flags = flag_rows();
  for (uint64_t at = flags; at < Stage::get().key->layout.program_rows(); at *= 2) {
    Policy p;
    p.program = [at](uint64_t row) { return row < at || row >= 2 * at; };
    expect(true, p, "no program masks in rows " + std::to_string(at) + " to " + std::to_string(2 * at));
  }
  Policy p;
  p.program = [flags](uint64_t row) { return row >= flags; };
  expect(true, p, "no program masks among the flags");
  p.program = [flags](uint64_t row) { return row < flags; };
  expect(true, p, "program masks only among the flags");
}

// `flags` masks in the flag sub-block and `above` in every dyadic block above it.
Policy sparse_program_masks(unsigned flags, unsigned above) {
  const Stage& stage = Stage::get();
  std::map<unsigned, unsigned> count;
  std::set<uint64_t> kept;
  for (const uint64_t row : program_mask_rows(stage.key->shape, stage.key->layout)) {
    const unsigned block = row < flag_rows() ? 0 : static_cast<unsigned>(std::bit_width(row));
    if (count[block]++ < (block == 0 ? flags : above)) kept.insert(row);
  }
  Policy p;
  p.program = [kept](uint64_t row) { return kept.contains(row); };
  return p;
}

TEST(Equivocation, TooFewProgramMasksLeak) {
  expect(true, sparse_program_masks(4, 0), "4 program masks");
  expect(true, sparse_program_masks(3, 1), "3 and 1 program masks");
  expect(false, sparse_program_masks(8, 4), "half of the program masks");
}

// Two shares are a margin: with all program masks one share hides, too; with few of them only two do.
TEST(Equivocation, ASingleShareLeaksWithFewProgramMasks) {
  Policy p = sparse_program_masks(5, 1);
  expect(false, p, "5 and 1 program masks, two shares");
  p.shares = 1;
  expect(true, p, "5 and 1 program masks, one share");
}

TEST(Equivocation, LowZ0RowsLeak) {
  const claim::Layout& l = Stage::get().key->layout;
  const std::vector<uint64_t> rows = z0_rows(l);
  Policy p;
  p.z0 = [&](size_t i) { return rows[i] < l.mask_at / 32; };
  expect(true, p, "Z0 in the first 1/32 of the rows");
}

TEST(Equivocation, MasksUsedTwiceLeak) {
  const Stage& stage = Stage::get();
  const ProverState target = with_masks(stage.a, {}, 7);
  const Adversary adversary(*stage.key, target, stage.challenges);
  const Point other_u = Random(8).point(stage.key->layout.log_n);
  const size_t wrong = adversary.refute_reuse(stage.b, other_u);
  std::printf("masks used twice: %zu columns\n", wrong);
  EXPECT_GT(wrong, 10u);
  EXPECT_EQ(adversary.refute_reuse(stage.a, other_u), 0u);
}

// The simulator: challenges first, columns of zeros with masks, and a mask sum that makes the verifier's last identity hold. It
// knows no song, and an honest song under other masks gives the same bytes: what it makes is distributed as proofs are.
TEST(Equivocation, SimulatorWithoutASongMakesProofsOfSongs) {
  const Stage& stage = Stage::get();
  const ProvingKey& key = *stage.key;
  const AllChallenges& c = stage.challenges;
  const uint32_t score = stage.a.witness.score;
  const auto forget = [](claim::Witness& w) {
    for (auto& column : w.vm) std::fill(column.begin(), column.end(), 0);
    for (auto& column : w.judge) std::fill(column.begin(), column.end(), Fr::zero());
    std::fill(w.program.begin(), w.program.end(), Fr::zero());
  };
  Fr mask_sum;
  const Change masks = [&](ProverState& st) {
    claim::MaskSource source = claim::MaskSource::deterministic(3);
    draw_masks(st, source);
    st.mask_sum = mask_sum;
  };
  Proving run = run_prover(key, {}, c.drawn, masks, forget);
  mask_sum = simulated_mask_sum(key, c, run, score);
  run = run_prover(key, {}, c.drawn, masks, forget);
  const Adversary adversary(key, run.state, c);
  EXPECT_TRUE(adversary.explain(songs(key).a, run.proven.proof) == run.proven.proof);
}

}  // namespace
}  // namespace sotto
