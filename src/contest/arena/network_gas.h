// SPDX-License-Identifier: Apache-2.0
// What it costs to verify a proof about a network on chain (contracts/src/NetworkVerifier.sol).
#pragma once
#include "claim/network/statement.h"
#include "contest/arena/stage.h"

namespace sotto::contest {

inline constexpr std::string_view kNetworkVerify = "verify(address,bytes,bytes32,int256[])";

// Calldata of NetworkVerifier.verify; the key's data contract is at `key_data`.
Bytes network_calldata(const Address& key_data, const claim::network::Statement& statement, ByteSpan proof);

// On an embedded chain of its own, where verifier and key are deployed; a proof that the contract refuses is an error.
Result<VerificationGas> network_verification_gas(const claim::network::VerifyingKey& key, const claim::network::Statement& statement,
                                                 ByteSpan proof);

}  // namespace sotto::contest
