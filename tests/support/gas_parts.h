// SPDX-License-Identifier: Apache-2.0
// What the contract's gas is spent on: the trace of one verification, cut where the transcript moves on.
#pragma once
#include "support/evm_trace.h"
#include "support/toy.h"
#include "support/transcript_page.h"

namespace sotto {

struct GasParts {
  struct Part {
    std::string name;
    uint64_t gas = 0;
  };
  std::vector<Part> parts;  // of the execution, in order
  uint64_t hashing = 0;     // within these: KECCAK256 and the copies to memory before it
  uint64_t intrinsic = 21'000, calldata = 0, execution = 0, total = 0;
  size_t proof_bytes = 0, products = 0;  // scalar multiplications
  uint64_t key_contract = 0;             // deployment of the judge's key contract
  size_t key_bytes = 0;
};

// The part of `slice`, as far as one can tell from what is absorbed.
inline std::string part_of(const std::string& slice) {
  if (slice.starts_with("phase")) return "commitments: hashed, first challenges";
  if (slice.starts_with("main round")) return "rounds of the main sumcheck";
  if (slice == "evaluations") return "relations and weights at u";
  if (slice.starts_with("reduction round")) return "rounds of the reduction";
  if (slice == "finals") return "weights at x*";
  return "messages of the opening";
}

inline GasParts gas_parts(EvmVerifier& evm, const claim::ProvingKey& key, const claim::Proven& proven) {
  const Bytes data = evm.calldata(key.vk, proven.statement, proven.proof);
  const EvmTrace trace = trace_call(evm, data);
  GasParts g;
  g.proof_bytes = proven.proof.size();
  Address anywhere{};  // addresses of fresh contracts differ in zero bytes: count one without
  anywhere.fill(0x11);
  const claim::ClaimStatement& s = proven.statement;
  for (uint8_t b :
       EvmVerifier::calldata(anywhere, proven.proof, claim_digest(s), word_from_u64(s.score), s.song_commitment))
    g.calldata += b ? 16 : 4;
  g.execution = trace.steps.front().gas_left - trace.steps.back().gas_left + trace.steps.back().cost;
  g.total = g.intrinsic + g.calldata + g.execution;
  EXPECT_LT(std::max(g.total, trace.gas) - std::min(g.total, trace.gas), 20u * 12);
  auto used = [&](size_t from, size_t to) {  // by steps from .. to - 1
    const uint64_t end =
        to < trace.steps.size() ? trace.steps[to].gas_left : trace.steps.back().gas_left - trace.steps.back().cost;
    return trace.steps[from].gas_left - end;
  };
  auto add = [&](const std::string& name, size_t from, size_t to) {
    if (g.parts.empty() || g.parts.back().name != name) g.parts.push_back({name});
    g.parts.back().gas += used(from, to);
  };
  // Two hashes come before the first slice; the copy of a slice to memory belongs to the slice.
  const std::vector<size_t> hash = hashes(trace);
  std::vector<size_t> begins;
  std::vector<std::string> names;
  size_t next = 2;
  for (const TranscriptSite& site : transcript_sites(key.shape, key.layout)) {
    size_t at = hash[next];
    while (trace.steps[at].op != "CALLDATACOPY") at--;
    begins.push_back(at), names.push_back(part_of(site.slice.name));
    next += 1 + site.challenges;
  }
  SOTTO_CHECK(next == hash.size());
  std::vector<size_t> calls;
  for (size_t i = 0; i < trace.steps.size(); i++) {
    if (trace.steps[i].op == "STATICCALL") calls.push_back(i);
    if (trace.steps[i].op == "KECCAK256" || trace.steps[i].op == "CALLDATACOPY") g.hashing += trace.steps[i].cost;
  }
  // modexp once, then a product and a sum for every point but the first, at the end a product and the pairing
  g.products = (calls.size() - 3) / 2;
  SOTTO_CHECK(calls.size() == 2 * g.products + 3);
  add("key, statement", 0, begins[0]);
  for (size_t i = 0; i < begins.size(); i++) add(names[i], begins[i], i + 1 < begins.size() ? begins[i + 1] : calls[0]);
  add("one inversion, inner products", calls[0], calls[1]);
  add("combination of all commitments: " + std::to_string(g.products) + " products", calls[1], calls[calls.size() - 2]);
  add("one more product, and the pairing of three", calls[calls.size() - 2], trace.steps.size());
  g.key_bytes = key.vk.encode().size() + 1;
  const contest::PrivateKey payer = evm.funded_key();
  g.key_contract =
      evm.client().deploy(payer, contest::data_contract_init_code(key.vk.encode()).value()).value().receipt.gas_used;
  return g;
}

inline std::string gas_table(const GasParts& g) {
  std::string text = "| part | gas |\n|---|---|\n";
  auto row = [&](const std::string& name, uint64_t gas) { text += "| " + name + " | " + std::to_string(gas) + " |\n"; };
  row("a transaction", g.intrinsic);
  row("calldata: a proof of " + std::to_string(g.proof_bytes) + " bytes", g.calldata);
  for (const GasParts::Part& p : g.parts) row(p.name, p.gas);
  row("**a verification in all**", g.total);
  row("of it execution", g.execution);
  row("of it hashing: the transcript", g.hashing);
  row("**one further judge**: a key contract of " + std::to_string(g.key_bytes) + " bytes", g.key_contract);
  return text;
}

}  // namespace sotto
