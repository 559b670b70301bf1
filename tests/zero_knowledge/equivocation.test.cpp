// SPDX-License-Identifier: Apache-2.0
// The guess test (protocol review Z1): can an adversary with unbounded power tell from a proof which of two songs of equal score
// was proved? With all masks it cannot, and with masks missing it can. The simulator test replaces one song by no song at all.
#include <gtest/gtest.h>

#include <set>

#include "zero_knowledge/equivocate.h"

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
      const auto first = w.vm[claim::kA0].begin() + ((key.shape.slots() - 1) << key.shape.sample_bits);
      const std::vector<uint32_t> samples(first, first + key.shape.samples);
      if (std::set<uint32_t>(samples.begin(), samples.end()).size() < 4) continue;  // nearly silent
      const auto [it, is_new] = seen.try_emplace(w.score, p, samples);
      if (!is_new && it->second.second != samples) return Songs{it->second.first, p};
    }
  }();
  return found;
}

struct Proof {
  Run run;
  AllChallenges challenges;
};
// An honest proof, but for masks that the policy leaves out.
Proof prove_a(const ProvingKey& key, const Policy& policy) {
  Proof p{run_prover(key, songs(key).a, {}, [&](ProverState& st) { restrict_masks(policy, st); }), {}};
  EXPECT_TRUE(claim::verify(key.vk, p.run.proven.statement, p.run.proven.proof).ok());
  SpongeSource source{zk::Sponge(transcript_statement(p.run.proven.statement)), p.run.proven.proof, {}};
  p.challenges = draw_all(key, source);
  return p;
}

TEST(Equivocation, AnotherSongExplainsTheProofWordForWord) {
  const auto key = toy::key();
  const Proof proof = prove_a(*key, {});
  const Adversary adversary(*key, proof.run, proof.challenges);
  const Adversary::Verdict verdict = adversary.guess(songs(*key).b, {});
  EXPECT_EQ(verdict.columns, 0u);
  EXPECT_EQ(verdict.equations, 0u);
  EXPECT_EQ(verdict.proof, proof.run.proven.proof) << "all " << verdict.proof.size() / 32 << " words must be equal";
}

// Leaves masks out and reports whether the wrong song is refuted. The right one never is.
void expect_leak(const Policy& policy, const char* name) {
  const auto key = toy::key();
  const Proof proof = prove_a(*key, policy);
  const Adversary adversary(*key, proof.run, proof.challenges);
  const Adversary::Verdict wrong = adversary.guess(songs(*key).b, policy);
  std::printf("%s: %zu columns and %zu equations contradict the wrong song\n", name, wrong.columns, wrong.equations);
  EXPECT_FALSE(wrong.explained()) << name;
  const Adversary::Verdict right = adversary.guess(songs(*key).a, policy);
  EXPECT_TRUE(right.explained()) << name;
  EXPECT_EQ(right.proof, proof.run.proven.proof) << name;
}

TEST(Equivocation, OneRandomRowPerColumnLeaks) {
  Policy p;
  p.column_rows = 1;
  expect_leak(p, "one random row per column");
}

}  // namespace
}  // namespace sotto
