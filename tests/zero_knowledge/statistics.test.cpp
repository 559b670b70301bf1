// SPDX-License-Identifier: Apache-2.0
// What an observer without algebra could try: counting bits. Proofs of a song and simulated transcripts, each many
// times with fresh challenges, show the same frequencies in every word; a prover without masks is found out at once.
// (The exact statements are in rank.test.cpp and equivocation.test.cpp.) And the length of a proof says nothing about
// how a song is written.
#include <gtest/gtest.h>

#include "base/keccak.h"
#include "support/corpus.h"
#include "support/heavy.h"
#include "zero_knowledge/bit_counts.h"
#include "zero_knowledge/prover_runs.h"

namespace sotto {
namespace {

using namespace zero_knowledge;

BitCounts real_proofs(const ProvingKey& key, const sound::Program& song, unsigned count,
                      const claim::ProverHooks& hooks = {}) {
  BitCounts counts;
  for (unsigned i = 0; i < count; i++) counts.add(corpus::prove(key, song, 3000 + i, hooks).proof);
  return counts;
}

// The simulator of equivocation.test.cpp under other challenges each time: no song, columns of zeros.
BitCounts simulated_proofs(const ProvingKey& key, uint32_t score, unsigned count) {
  const auto forget = [](claim::Witness& w) {
    for (auto& column : w.vm) std::fill(column.begin(), column.end(), 0);
    for (auto& column : w.judge) std::fill(column.begin(), column.end(), Fr::zero());
    std::fill(w.program.begin(), w.program.end(), Fr::zero());
  };
  BitCounts counts;
  for (unsigned i = 0; i < count; i++) {
    RandomSource source{Random(5000 + i), {}};
    const AllChallenges c = draw_all(key, source);
    Fr mask_sum;
    const Change masks = [&](ProverState& st) {
      claim::MaskSource fresh = claim::MaskSource::deterministic(7000 + i);
      draw_masks(st, fresh);
      st.mask_sum = mask_sum;
    };
    mask_sum = simulated_mask_sum(key, c, run_prover(key, {}, c.drawn, masks, forget), score);
    counts.add(run_prover(key, {}, c.drawn, masks, forget).proven.proof);
  }
  return counts;
}

TEST(Statistics, SimulatedTranscriptsLookLikeProofs) {
  const auto key = toy::key();
  const sound::Program song = toy::program(3);
  const unsigned count = repetitions(24, 300);
  const uint32_t score = make_witness(key->shape, key->layout, key->net, song).score;
  const BitCounts real = real_proofs(*key, song, count), simulated = simulated_proofs(*key, score, count);
  const double same = BitCounts::difference(real, real_proofs(*key, toy::program(8), count));
  const double apart = BitCounts::difference(real, simulated);
  claim::ProverHooks careless;
  careless.before_phase1 = [](ProverState& st) { st.mask = {}; };
  const double found = BitCounts::difference(real, real_proofs(*key, song, count, careless));
  std::printf(
      "%u proofs each, in standard deviations: two songs %.1f, song and simulator %.1f, without column masks %.1f\n",
      count, same, apart, found);
  EXPECT_LT(std::abs(same), BitCounts::kEqual);
  EXPECT_LT(std::abs(apart), BitCounts::kEqual);
  EXPECT_GT(found, BitCounts::kApart);
}

// One song written in other ways: dead slots, independent slots exchanged, constants in another order, a longer table.
std::vector<sound::Program> rewritings(const sound::Program& song) {
  using Kind = sound::Operand::Kind;
  std::vector<sound::Program> all;
  sound::Program dead = song;  // a slot that nobody reads, first: everything moves by one
  auto shift = [](sound::Operand& o) {
    if (o.kind == Kind::kSlot) o.index++;
  };
  for (sound::Instruction& i : dead.code)
    for (sound::Operand* o : {&i.a, &i.b, &i.c}) shift(*o);
  shift(dead.output);
  dead.code.insert(dead.code.begin(), {sound::Op::kXor, {}, {}, {}});
  all.push_back(dead);
  sound::Program exchanged = dead;  // the dead slot and the one behind it
  std::swap(exchanged.code[0], exchanged.code[1]);
  auto exchange = [](sound::Operand& o) {
    if (o.kind == Kind::kSlot && o.index < 2) o.index = 1 - o.index;
  };
  for (sound::Instruction& i : exchanged.code)
    for (sound::Operand* o : {&i.a, &i.b, &i.c}) exchange(*o);
  exchange(exchanged.output);
  all.push_back(exchanged);
  sound::Program constants = song;
  std::reverse(constants.constants.begin(), constants.constants.end());
  auto turn = [&](sound::Operand& o) {
    if (o.kind == Kind::kConstant) o.index = static_cast<uint8_t>(constants.constants.size() - 1 - o.index);
  };
  for (sound::Instruction& i : constants.code)
    for (sound::Operand* o : {&i.a, &i.b, &i.c}) turn(*o);
  turn(constants.output);
  constants.constants.push_back(1234);
  all.push_back(constants);
  return all;
}

TEST(Statistics, LengthSaysNothingAboutTheEncoding) {
  const auto key = toy::key();
  const sound::Program song = toy::program(6, 9);
  const claim::Proven first = toy::prove(*key, song);
  for (const sound::Program& other : rewritings(song)) {
    ASSERT_NE(other, song);
    ASSERT_TRUE(sound::check_program(other).ok());
    const claim::Proven proven = toy::prove(*key, other);
    ASSERT_TRUE(claim::verify(key->vk, proven.statement, proven.proof).ok());
    EXPECT_EQ(proven.statement.score, first.statement.score);
    EXPECT_EQ(proven.proof.size(), first.proof.size());
    EXPECT_NE(proven.statement.song_commitment, first.statement.song_commitment);
  }
  for (unsigned instructions : {0u, 1u, 15u})
    EXPECT_EQ(toy::prove(*key, instructions ? toy::program(6, instructions) : sound::Program{}).proof.size(),
              first.proof.size());
}

}  // namespace
}  // namespace sotto
