// SPDX-License-Identifier: Apache-2.0
#include "contest/arena/network_gas.h"

#include "contest/chain/abi.h"
#include "contest/chain/artifact.h"

namespace sotto::contest {
namespace {

// Two's complement.
Bytes32 signed_word(int64_t v) {
  Bytes32 word;
  word.fill(v < 0 ? 0xff : 0);
  for (unsigned i = 0; i < 8; i++) word[31 - i] = static_cast<uint8_t>(static_cast<uint64_t>(v) >> (8 * i));
  return word;
}

}  // namespace

Bytes network_calldata(const Address& key_data, const claim::network::Statement& statement, ByteSpan proof) {
  const size_t padded = (proof.size() + 31) / 32 * 32;
  AbiWriter head(kNetworkVerify);
  head.address(key_data).number(4 * 32).word(statement.context).number(5 * 32 + padded);
  Bytes data = head.finish();
  append(data, word_from_u64(proof.size()));
  append(data, proof);
  data.resize(data.size() + padded - proof.size());
  append(data, word_from_u64(statement.output.size()));
  for (int64_t v : statement.output) append(data, signed_word(v));
  return data;
}

Result<VerificationGas> network_verification_gas(const claim::network::VerifyingKey& key, const claim::network::Statement& statement,
                                                 ByteSpan proof) {
  SOTTO_TRY(const Bytes code, load_creation_code("NetworkVerifier"));
  SOTTO_TRY(const Bytes key_code, data_contract_init_code(key.encode()));
  SOTTO_TRY(EmbeddedChain chain, EmbeddedChain::start());
  SOTTO_TRY(ChainClient client, chain.connect());
  SOTTO_TRY(const PrivateKey payer, chain.funded_key(100 * kEther));
  SOTTO_TRY(const Deployment verifier, client.deploy(payer, code));
  SOTTO_TRY(const Deployment key_data, client.deploy(payer, key_code));
  return verification_gas_of(client, payer, {verifier.address, network_calldata(key_data.address, statement, proof), 0, 0});
}

}  // namespace sotto::contest
