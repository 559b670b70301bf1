// SPDX-License-Identifier: Apache-2.0
// EIP-1559 transactions (type 2) and contract addresses.
#pragma once
#include <optional>

#include "contest/chain/key.h"
#include "contest/chain/wei.h"

namespace sotto::contest {

struct Transaction {
  uint64_t chain_id = 0;
  uint64_t nonce = 0;
  Wei max_priority_fee = 0;     // per gas; Arbitrum ignores tips
  Wei max_fee = 0;              // per gas
  uint64_t gas_limit = 0;
  std::optional<Address> to;    // none: contract creation
  Wei value = 0;
  Bytes data;
};

// keccak256(0x02 ‖ rlp([chainId, nonce, tip, maxFee, gas, to, value, data, accessList]))
Bytes32 signing_hash(const Transaction& tx);
struct SignedTransaction {
  Bytes raw;     // 0x02 ‖ rlp([…, yParity, r, s])
  Bytes32 hash;  // keccak256(raw)
};
SignedTransaction sign_transaction(const Transaction& tx, const PrivateKey& key);
// keccak256(rlp([sender, nonce]))[12..]
Address created_address(const Address& sender, uint64_t nonce);

}  // namespace sotto::contest
