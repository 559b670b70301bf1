// SPDX-License-Identifier: Apache-2.0
// The contract that verifies proofs about networks, on the chain that all tests of a process share.
#pragma once
#include "claim/network/verify.h"
#include "contest/arena/network_gas.h"
#include "support/evm_verifier.h"
#include "support/proof_map.h"

namespace sotto {

class EvmNetwork {
 public:
  using Key = claim::network::VerifyingKey;
  using Statement = claim::network::Statement;

  // Null where there is no EVM.
  static EvmNetwork* shared() {
    static const std::unique_ptr<EvmNetwork> one = make();
    return one.get();
  }
  bool accepts(const Key& key, const Statement& statement, ByteSpan proof) {
    return accepts_call(key.encode(), statement, proof);
  }
  // Any bytes as key.
  bool accepts_call(const Bytes& key, const Statement& statement, ByteSpan proof) {
    return accepts_calldata(contest::network_calldata(evm_.key_contract(key), statement, proof));
  }
  bool accepts_calldata(const Bytes& data) {
    const Result<Bytes> answer = evm_.client().call(verifier_, data);
    failure_ = answer.ok() ? "" : answer.error().message;
    if (!answer.ok()) {
      EXPECT_EQ(answer.error().kind, ErrorKind::kRejected) << failure_;  // anything else is no verdict
      return false;
    }
    const contest::Selector magic = contest::selector_of(contest::kNetworkVerify);
    Bytes expected(magic.begin(), magic.end());
    expected.resize(32);
    return answer.value() == expected;
  }
  const std::string& failure() const { return failure_; }
  bool failed_with(const std::string& error) const {
    const std::string signature = error + "()";
    return failure_.find(signature) != std::string::npos || failure_.find(to_hex(contest::selector_of(signature))) != std::string::npos;
  }
  // All-in: the transaction's base price and its calldata included.
  contest::VerificationGas gas(const Key& key, const Statement& statement, ByteSpan proof) {
    const Bytes data = contest::network_calldata(evm_.key_contract(key.encode()), statement, proof);
    return contest::verification_gas_of(evm_.client(), payer_, {verifier_, data, 0, 0}).value();
  }
  size_t code_size() { return evm_.client().code(verifier_).value().size(); }
  EvmVerifier& chain() { return evm_; }

 private:
  EvmNetwork(EvmVerifier& evm, const Bytes& code)
      : evm_(evm), payer_(evm.funded_key()), verifier_(evm.client().deploy(payer_, code).value().address) {}
  static std::unique_ptr<EvmNetwork> make() {
    EvmVerifier* const evm = EvmVerifier::shared();
    if (!evm) return nullptr;
    const Result<Bytes> code = contest::load_creation_code("NetworkVerifier");
    if (!code.ok()) {
      std::cout << "SOTTO-SKIPPED: no EVM: " << code.error().message << "\n";
      return nullptr;
    }
    return std::unique_ptr<EvmNetwork>(new EvmNetwork(*evm, code.value()));
  }

  EvmVerifier& evm_;
  contest::PrivateKey payer_;
  Address verifier_;
  std::string failure_;
};

// The contract, or null where this machine has none: then native verdicts alone count, and the output says so.
inline EvmNetwork* evm_network_verdict() {
  static EvmNetwork* const one = [] {
    ::setenv("SOTTO_CONTRACTS", SOTTO_SOURCE_DIR "/contracts", 0);  // for build folders outside of the repository
    const bool has = contest::EmbeddedChain::find_anvil().ok() && contest::load_creation_code("NetworkVerifier").ok();
    if (!has) std::cout << "native verdicts only; for the contract's run ./run setup and ./run build\n";
    return has ? EvmNetwork::shared() : nullptr;
  }();
  return one;
}

// What every word of a proof about a network is.
inline std::vector<ProofField> network_fields(const claim::network::Circuit& c) {
  using namespace claim::network;
  std::vector<ProofField> fields;
  size_t end = 0;
  const auto add = [&](const std::string& name, bool point, size_t count) {
    for (size_t i = 0; i < count; i++) {
      fields.push_back({name + " " + std::to_string(i), end, point});
      end += fields.back().bytes();
    }
  };
  const ProofSizes sizes = proof_sizes(c);
  add("phase 1", true, kPhase1Columns);
  add("mask sum", false, 1);
  add("phase 2", true, kPhase2Columns);
  add("main round coefficient", false, c.log_n * sizes.main_round / 32);
  add("evaluation", false, sizes.evaluations / 32);
  add("reduction round coefficient", false, c.log_n * sizes.reduction_round / 32);
  add("final", false, sizes.finals / 32);
  add("opening", true, zk::kPairQuotient);
  add("value of the opening", false, zk::kOpeningValues);
  add("quotient and witness of the values", true, zk::kOpeningPoints - zk::kPairQuotient);
  SOTTO_CHECK(end == sizes.total);
  return fields;
}

}  // namespace sotto
