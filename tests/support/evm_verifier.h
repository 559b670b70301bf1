// SPDX-License-Identifier: Apache-2.0
// The contract's verdict beside the native one. One anvil per process; verifying keys are deployed
// once each.
#pragma once
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <memory>

#include "claim/verifier/verify.h"
#include "contest/chain/abi.h"
#include "contest/chain/artifact.h"
#include "contest/chain/embedded.h"

namespace sotto {

class EvmVerifier {
 public:
  static constexpr const char* kSignature = "verify(address,bytes,bytes32,uint256,bytes32)";

  // Null where npm's tools or the compiled contract are missing; says so once, for ctest's
  // SKIP_REGULAR_EXPRESSION.
  static EvmVerifier* shared() {
    static const std::unique_ptr<EvmVerifier> one = make();
    return one.get();
  }

  // The contract with the arguments that an honest caller would pass; the digest and the judge's id
  // are computed here.
  bool accepts(const claim::VerifyingKey& key, const claim::ClaimStatement& statement,
               ByteSpan proof) {
    return accepts_calldata(calldata(key, statement, proof));
  }
  // The contract with any arguments.
  bool accepts_call(const Address& key_data, ByteSpan proof, const Bytes32& digest,
                    const Bytes32& score, const Bytes32& song) {
    return accepts_calldata(calldata(key_data, proof, digest, score, song));
  }
  bool accepts_calldata(const Bytes& data) {
    const Result<Bytes> answer = client_.call(verifier_, data);
    failure_ = answer.ok() ? "" : answer.error().message;
    if (!answer.ok()) {
      EXPECT_EQ(answer.error().kind, ErrorKind::kRejected)
          << failure_;  // anything else is no verdict
      return false;
    }
    const contest::Selector magic = contest::selector_of(kSignature);
    Bytes expected(magic.begin(), magic.end());
    expected.resize(32);
    return answer.value() == expected;
  }
  // Why the last call was refused, in the client's words, and by the contract's custom error.
  const std::string& failure() const { return failure_; }
  bool failed_with(const std::string& error) const {
    const std::string signature = error + "()";
    return failure_.find(signature) != std::string::npos ||
           failure_.find(to_hex(contest::selector_of(signature))) != std::string::npos;
  }

  // Address of a data contract with this content, deployed on first use.
  Address key_contract(const Bytes& content) {
    return deploy(contest::data_contract_init_code(content).value());
  }
  // Of a contract with this very runtime code: PUSH2 size, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0,
  // RETURN.
  Address code_contract(const Bytes& code) {
    Bytes init = {
        0x61, uint8_t(code.size() >> 8), uint8_t(code.size()), 0x80, 0x60, 10, 0x5f, 0x39, 0x5f,
        0xf3};
    append(init, code);
    return deploy(init);
  }

  static Bytes calldata(const Address& key_data, ByteSpan proof, const Bytes32& digest,
                        const Bytes32& score, const Bytes32& song) {
    contest::AbiWriter head(kSignature);
    head.address(key_data).word(word_from_u64(5 * 32)).word(digest).word(score).word(song);
    Bytes data = head.finish();
    append(data, word_from_u64(proof.size()));
    append(data, proof);
    data.resize((data.size() - 4 + 31) / 32 * 32 + 4);
    return data;
  }
  Bytes calldata(const claim::VerifyingKey& key, const claim::ClaimStatement& s, ByteSpan proof) {
    return calldata(key_contract(key.encode()), proof, claim_digest(s), word_from_u64(s.score),
                    s.song_commitment);
  }
  // All-in: intrinsic gas and calldata included.
  uint64_t gas(const claim::VerifyingKey& key, const claim::ClaimStatement& statement,
               ByteSpan proof) {
    contest::Message message;
    message.to = verifier_;
    message.data = calldata(key, statement, proof);
    return client_.estimate_gas(key_.address(), message).value();
  }

  // A fresh account with enough to deploy contracts.
  contest::PrivateKey funded_key() { return chain_.funded_key(100 * contest::kEther).value(); }

  contest::ChainClient& client() { return client_; }
  const Address& verifier() const { return verifier_; }
  size_t code_size() { return client_.code(verifier_).value().size(); }

 private:
  EvmVerifier(contest::EmbeddedChain chain, contest::ChainClient client, contest::PrivateKey key)
      : chain_(std::move(chain)), client_(std::move(client)), key_(std::move(key)) {}

  static std::unique_ptr<EvmVerifier> make() {
    const auto skip = [](const Error& why) {
      std::cout << "SOTTO-SKIPPED: no EVM: " << why.message << "\n";
      return nullptr;
    };
    const Result<Bytes> code = contest::load_creation_code("Verifier");
    if (!code.ok()) return skip(code.error());
    Result<contest::EmbeddedChain> chain = contest::EmbeddedChain::start();
    if (!chain.ok()) return skip(chain.error());
    contest::PrivateKey key = chain->funded_key(1000 * contest::kEther).value();
    contest::ChainClient client = chain->connect().value();
    std::unique_ptr<EvmVerifier> one(
        new EvmVerifier(std::move(chain).value(), std::move(client), std::move(key)));
    one->verifier_ = one->deploy(code.value());
    return one;
  }
  Address deploy(const Bytes& init_code) {
    const std::string name(init_code.begin(), init_code.end());
    const auto known = deployed_.find(name);
    if (known != deployed_.end()) return known->second;
    return deployed_[name] = client_.deploy(key_, init_code).value().address;
  }

  contest::EmbeddedChain chain_;
  contest::ChainClient client_;
  contest::PrivateKey key_;
  Address verifier_{};
  std::map<std::string, Address> deployed_;  // by init code
  std::string failure_;
};

}  // namespace sotto
