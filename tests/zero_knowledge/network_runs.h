// SPDX-License-Identifier: Apache-2.0
// Runs of the prover of networks: inputs that share an output, and the simulator, which has no input.
#pragma once
#include "support/network_frozen.h"
#include "zero_knowledge/tensor.h"
#include "zk/sumcheck/libra_mask.h"
#include "zk/sumcheck/rounds.h"

namespace sotto::zero_knowledge {

using claim::network::Proven;
using claim::network::ProverState;
using network_attack::Plan;
using network_attack::Recorded;
using network_attack::Subject;

// The small GPT with an output layer that reads one channel, with weights of a few units: the logits are about -1, 0
// and 1, its 625 inputs have 97 outputs, and 13 other inputs share this one's. (The logits of gpt() tell the input.)
inline const Subject& coarse_gpt() {
  static const Subject one = [] {
    using namespace claim::network;
    Gpt g = Gpt::random({1, 2, 4, 4, 2, 5}, 3);
    g.gain.assign(g.gain.size(), 0);
    g.gain[0] = 0.006;
    Subject s = network_attack::gpt();
    s.name = "GPT with coarse logits", s.key = network_attack::make_key(g.quantised().value());
    return s;
  }();
  return one;
}

// An input with other values on the way to the same output.
inline Plan other_input(const Subject& s) {
  const Plan honest = network_attack::honest_plan(s);
  const uint32_t limit = s.network().input_limit;
  claim::network::SplitMix random(1);
  for (;;) {
    std::vector<uint32_t> input = s.input;
    for (int i = 0; i < 3; i++) {  // a small step: most outputs have no other input far away
      uint32_t& v = input[random.next() % input.size()];
      const auto step = 1 + static_cast<uint32_t>(random.next() % 3);
      v = v < limit / 2 ? v + step : v - std::min(v, step);
      v = std::min(v, limit - 1);
    }
    claim::network::Cells cells = evaluate(s.network(), input).value();
    std::vector<int64_t> output = output_of(s.network(), cells);
    if (output == honest.output && cells.column[claim::network::kA] != honest.cells.column[claim::network::kA])
      return {std::move(cells), std::move(output)};
  }
}

// The mask sum with which the last identity of the main sumcheck holds: the verifier's claim is
// constant + rho * mask_sum, and its final value is affine in it with slope prod_i u_i.
inline Fr simulated_mask_sum(const Recorded& run) {
  using namespace claim::network;
  const Circuit& c = run.s.circuit();
  const auto words = [&](size_t at, size_t bytes) {
    std::vector<Fr> v;
    for (size_t i = 0; i < bytes; i += 32) v.push_back(run.word(at + i));
    return v;
  };
  const std::vector<Fr> sent = words(run.at.evaluations, run.at.sizes.evaluations);
  const std::span<const Fr> e = std::span(sent).first(evaluated_columns(c)),
                            matrices = std::span(sent).subspan(e.size());
  const zk::LibraMask mask(run.state.z1, c.log_n, kDegree);
  Fr want = polynomial_at(c, run.challenges, run.u, e, matrices), value,
     slope = Fr::one();  // value: of the rounds from claim 0
  for (unsigned i = 0; i < c.log_n; i++) {
    want += run.challenges.rho * mask.value(i, run.u[i]);
    value =
        zk::next_claim(words(run.at.rounds + i * run.at.sizes.main_round, run.at.sizes.main_round), value, run.u[i]);
    slope *= run.u[i];
  }
  const Fr constant = relation_constant(c, run.challenges, run.honest.statement.output);
  return ((want - value) * slope.inverse() - constant) * run.challenges.rho.inverse();
}

// The simulator: challenges first, columns of zeros with masks, any output. Its proof is good under these challenges
// once the mask sum is the one above; no other word depends on it.
inline Recorded simulate_without_mask_sum(const Subject& subject, const std::vector<int64_t>& output, uint64_t seed) {
  Subject s = subject;  // the prover takes an input and computes its cells; here they are replaced
  s.input.assign(s.input.size(), 0);
  Plan plan{{}, output};
  for (auto& column : plan.cells.column) column.resize(s.circuit().data_rows);
  ProverState state;
  plan.phase2 = [&](ProverState& st) { state = st; };
  Random random(seed);
  std::vector<Fr> challenges;
  for (const network_attack::Slice& slice : network_attack::proof_slices(s.circuit()))
    for (const Fr& x : random.point(slice.challenges)) challenges.push_back(x);
  Proven proven = prove_plan(s, plan, {}, challenges, seed);
  return Recorded(subject, std::move(proven), std::move(state), std::move(challenges));
}
inline Recorded simulate(const Subject& s, const std::vector<int64_t>& output, uint64_t seed) {
  Recorded run = simulate_without_mask_sum(s, output, seed);
  run.state.mask_sum = simulated_mask_sum(run);
  const auto bytes = run.state.mask_sum.to_bytes();
  std::copy(bytes.begin(), bytes.end(), run.honest.proof.begin() + static_cast<ptrdiff_t>(run.at.mask_sum));
  return run;
}

}  // namespace sotto::zero_knowledge
