// SPDX-License-Identifier: Apache-2.0
// The simulator of networks, run: the verifier accepts what it makes without an input once challenges are programmed,
// and counting bits (statistics.test.cpp does it for songs) tells its transcripts from proofs no better than proofs of
// two inputs from each other.
#include "support/heavy.h"
#include "zero_knowledge/bit_counts.h"
#include "zero_knowledge/network_runs.h"

namespace sotto {
namespace {

using namespace zero_knowledge;

std::string verdict(const Recorded& run, bool programmed = true) {
  const std::vector<Fr> challenges = programmed ? run.all : std::vector<Fr>{};
  const Status v = verify_with(run.s.key->vk, run.honest.statement, run.honest.proof, {.frozen = challenges});
  return v.ok() ? "accepted" : v.error().message;
}

void expect_simulated(const Subject& s) {
  std::vector<int64_t> output = network_attack::honest_plan(s).output;
  for (const bool is_possible : {true, false}) {
    if (!is_possible) output[1] = int64_t{1} << 40;
    const std::string what = s.name + (is_possible ? "" : ", an output that no input has");
    const Recorded run = simulate(s, output, 11);
    EXPECT_EQ(verdict(run), "accepted") << what;
    EXPECT_NE(verdict(run, false), "accepted") << what << ", challenges of the transcript";
  }
  const Recorded run = simulate_without_mask_sum(s, output, 11);
  EXPECT_EQ(verdict(run), "proof rejected: reduction identity") << s.name;
}
TEST(NetworkSimulator, IsAcceptedUnderProgrammedChallenges) {
  expect_simulated(network_attack::mlp());
  expect_simulated(network_attack::gpt());
}

// Each proof with masks of its own, and so with challenges of its own.
BitCounts real_proofs(const Subject& s, const Plan& plan, unsigned count) {
  BitCounts counts;
  for (unsigned i = 0; i < count; i++) counts.add(prove_plan(s, plan, {}, {}, 3000 + i).proof);
  return counts;
}
BitCounts simulated_proofs(const Subject& s, const std::vector<int64_t>& output, unsigned count) {
  BitCounts counts;
  for (unsigned i = 0; i < count; i++) counts.add(simulate(s, output, 5000 + i).honest.proof);
  return counts;
}

void compare(const Subject& s, unsigned count) {
  const Plan plan = network_attack::honest_plan(s);
  const BitCounts real = real_proofs(s, plan, count), simulated = simulated_proofs(s, plan.output, count);
  const double same = BitCounts::difference(real, real_proofs(s, other_input(s), count));
  const double apart = BitCounts::difference(real, simulated);
  Plan careless = plan;
  careless.phase1 = [](claim::network::ProverState& st) { st.mask = {}; };
  const double found = BitCounts::difference(real, real_proofs(s, careless, count));
  std::printf(
      "%s, %u proofs each, in standard deviations: two inputs %.1f, input and simulator %.1f, without column masks %.1f\n",
      s.name.c_str(), count, same, apart, found);
  EXPECT_LT(std::abs(same), BitCounts::kEqual);
  EXPECT_LT(std::abs(apart), BitCounts::kEqual);
  EXPECT_GT(found, BitCounts::kApart);
}
TEST(NetworkStatistics, SimulatedTranscriptsLookLikeProofs) {
  compare(network_attack::mlp(), repetitions(16, 150));
  if (heavy()) compare(coarse_gpt(), 50);
}

}  // namespace
}  // namespace sotto
