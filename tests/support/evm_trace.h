// SPDX-License-Identifier: Apache-2.0
// The contract's steps while it verifies: what every part costs, and what it hashes.
#pragma once
#include <nlohmann/json.hpp>

#include "support/evm_verifier.h"

namespace sotto {

struct EvmStep {
  uint64_t gas_left = 0;  // before the step
  uint64_t cost = 0;
  std::string op;
};
struct EvmTrace {
  uint64_t gas = 0;  // of the whole transaction
  std::vector<EvmStep> steps;
};

inline EvmTrace trace_call(EvmVerifier& evm, const Bytes& calldata) {
  contest::ChainOptions options;
  options.rpc.urls = {evm.client().server()};
  options.rpc.max_answer_bytes = size_t{256} << 20;
  options.rpc.timeout_ms = 120'000;
  contest::JsonRpc rpc = contest::JsonRpc::open(options.rpc).value();
  const nlohmann::json call = {{"to", to_hex(evm.verifier())}, {"data", to_hex(calldata)}};
  const nlohmann::json what = {{"disableStorage", true}, {"disableStack", true}, {"enableMemory", false}};
  const contest::RpcAnswer answer = rpc.call("debug_traceCall", {call, "latest", what}).value();
  SOTTO_CHECK(!answer.fault);
  EvmTrace trace;
  trace.gas = answer.result->at("gas").get<uint64_t>();
  for (const auto& s : answer.result->at("structLogs")) {
    const std::string op = s.at("op").get<std::string>();
    trace.steps.push_back(
        {s.at("gas").get<uint64_t>(), s.at("gasCost").get<uint64_t>(), op == "SHA3" ? "KECCAK256" : op});
  }
  return trace;
}

// Positions of the steps that hash.
inline std::vector<size_t> hashes(const EvmTrace& trace) {
  std::vector<size_t> at;
  for (size_t i = 0; i < trace.steps.size(); i++)
    if (trace.steps[i].op == "KECCAK256") at.push_back(i);
  return at;
}
inline uint64_t hash_cost(size_t bytes) { return 30 + 6 * ((bytes + 31) / 32); }

}  // namespace sotto
