// SPDX-License-Identifier: Apache-2.0
// Small networks under attack: an MLP 20-6-3 and a GPT of one layer, their keys, and proofs of whatever an attacker writes.
#pragma once
#include <gtest/gtest.h>

#include "base/keccak.h"
#include "claim/network/examples.h"
#include "claim/network/prove.h"
#include "claim/network/verify.h"

namespace sotto::network_attack {

using namespace claim::network;
using claim::MaskSource;

struct Subject {
  std::string name;
  std::shared_ptr<const ProvingKey> key;
  std::vector<uint32_t> input;
  std::vector<std::string> relations;  // what each one says, in order

  const Network& network() const { return key->network; }
  const Circuit& circuit() const { return key->network.circuit; }
  size_t relation(const std::string& what) const {
    const auto at = std::find(relations.begin(), relations.end(), what);
    SOTTO_CHECK(at != relations.end());
    return static_cast<size_t>(at - relations.begin());
  }
};

inline std::shared_ptr<const ProvingKey> make_key(Network network) {
  static const auto srs = std::make_shared<const zk::Srs>(zk::make_development_srs(18));
  return make_proving_key(std::move(network), srs).value();
}

// What the relations of a layer that normalises say.
inline void add_norm_relations(const std::string& layer, std::vector<std::string>& out) {
  for (const char* part : {"sum of parts", "distance", "root of a row", "sum of a row", "variance", "digits of the root", "root again",
                           "variance again"})
    out.push_back(layer + ": " + part);
}

inline const Subject& mlp() {
  static const Subject one = [] {
    Mlp m = make_mlp(20, 6, 3, 1).value();
    return Subject{"MLP", make_key(std::move(m.network)), m.input, {"bytes", "hidden", "logits", "output"}};
  }();
  return one;
}

inline const Subject& gpt() {
  static const Subject one = [] {
    const GptShape shape{1, 2, 4, 4, 2, 5};
    Subject s{"GPT", make_key(Gpt::random(shape, 3).quantised().value()), {0, 4, 2, 2}, {"one-hot", "embedding"}};
    const auto add = [&](const std::string& layer, std::initializer_list<const char*> parts) {
      for (const char* part : parts) s.relations.push_back(layer + part);
    };
    const auto normalise = [&](const std::string& layer) { add_norm_relations(layer, s.relations); };
    normalise("norm 1");
    add("", {"queries", "keys", "values"});
    add("scores", {": folded queries", ": folded keys", ""});
    add("softmax", {": score", ": one maximum", ": one place", ": numerator", ": denominator"});
    add("mix", {": folded shares", ": folded values", ""});
    add("", {"attended"});
    normalise("norm 2");
    add("", {"hidden", "back"});
    normalise("norm 3");
    add("", {"logits", "output"});
    return s;
  }();
  return one;
}

inline std::string gate_name(Gate g) {
  constexpr const char* kNames[kGateCount] = {"bit", "zero", "relu", "scale", "root below", "root above", "shift", "masked", "divide"};
  return kNames[static_cast<unsigned>(g)];
}
// By power of alpha.
inline std::vector<std::string> constraint_names(const Subject& s) {
  std::vector<std::string> names = {"helper 1", "helper 2", "tables", "lookups"};
  for (Gate g : s.circuit().gates)
    for (unsigned i = 0; i < kGateConstraints[static_cast<unsigned>(g)]; i++) names.push_back(gate_name(g) + " " + std::to_string(i));
  SOTTO_CHECK(s.relations.size() == s.circuit().relations.size());
  names.insert(names.end(), s.relations.begin(), s.relations.end());
  SOTTO_CHECK(names.size() == power_count(s.circuit()));
  return names;
}

// What an attacker commits to and claims.
struct Plan {
  Cells cells;
  std::vector<int64_t> output;
  std::vector<ProverState::Lie> lies = {};  // beyond integers
  std::function<void(ProverState&)> phase1 = {}, phase2 = {};
};
inline Plan honest_plan(const Subject& s) {
  Cells cells = evaluate(s.network(), s.input).value();
  std::vector<int64_t> output = output_of(s.network(), cells);
  return {std::move(cells), std::move(output)};
}

// without: the power of alpha that prover and verifier leave out. masks: their seed.
inline Proven prove_plan(const Subject& s, const Plan& plan, std::optional<size_t> without = {}, std::vector<Fr> frozen = {},
                         uint64_t masks = 1) {
  ProverHooks hooks;
  hooks.cells = [&](Cells& c) { c = plan.cells; };
  hooks.statement = [&](Statement& t) { t.output = plan.output; };
  hooks.before_phase1 = [&](ProverState& st) {
    st.lies = plan.lies;
    if (plan.phase1) plan.phase1(st);
  };
  hooks.before_phase2 = plan.phase2;
  if (without) hooks.challenges = [&](Challenges& c) { c.alpha[*without] = Fr::zero(); };
  hooks.frozen_challenges = std::move(frozen);
  MaskSource source = MaskSource::deterministic(masks);
  return prove_with(*s.key, s.input, keccak256("attack"), {}, source, hooks).value();
}
inline std::string verdict(const Subject& s, const Proven& p, std::optional<size_t> without = {}) {
  VerifierHooks hooks;
  if (without) hooks.challenges = [&](Challenges& c) { c.alpha[*without] = Fr::zero(); };
  const Status v = verify_with(s.key->vk, p.statement, p.proof, hooks);
  return v.ok() ? "accepted" : v.error().message;
}

// The cells of an honest run in which `tamper` changes them after a step, and everything behind it follows.
inline Plan tampered(const Subject& s, size_t step, const std::function<void(Cells&)>& tamper) {
  Cells cells;
  for (auto& column : cells.column) column.resize(s.circuit().data_rows);
  SOTTO_CHECK(step < s.network().steps.size());
  for (size_t i = 0; i < s.network().steps.size(); i++) {
    s.network().steps[i](cells, s.input);
    if (i == step) tamper(cells);
  }
  std::vector<int64_t> output = output_of(s.network(), cells);
  return {std::move(cells), std::move(output)};
}

// Rows of a term's block: [base, base + size).
struct Block {
  uint64_t base = 0, size = 0;
};
inline Block block_of(const Term& t) {
  unsigned bits = 0;
  for (size_t i = 0; i + 1 < t.factors.size(); i++) bits += t.factors[i].bits;
  SOTTO_CHECK(t.factors.back().kind == Factor::kBits);
  return {uint64_t{t.factors.back().value} << bits, uint64_t{1} << bits};
}
inline uint64_t base_of(const Subject& s, const std::string& relation, size_t term = 0) {
  return block_of(s.circuit().relations[s.relation(relation)].terms[term]).base;
}

}  // namespace sotto::network_attack
