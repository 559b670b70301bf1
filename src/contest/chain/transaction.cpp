// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/transaction.h"

#include <algorithm>

#include "base/keccak.h"
#include "contest/chain/rlp.h"

namespace sotto::contest {
namespace {

constexpr uint8_t kDynamicFeeType = 0x02;  // EIP-1559

std::vector<Bytes> unsigned_fields(const Transaction& tx) {
  return {rlp_number(Wei{tx.chain_id}),
          rlp_number(Wei{tx.nonce}),
          rlp_number(tx.max_priority_fee),
          rlp_number(tx.max_fee),
          rlp_number(Wei{tx.gas_limit}),
          tx.to ? rlp_string(*tx.to) : rlp_string({}),
          rlp_number(tx.value),
          rlp_string(tx.data),
          rlp_list({})};
}

Bytes typed(const std::vector<Bytes>& fields) {
  Bytes out = {kDynamicFeeType};
  append(out, rlp_list(fields));
  return out;
}

}  // namespace

Bytes32 signing_hash(const Transaction& tx) { return keccak256(typed(unsigned_fields(tx))); }

SignedTransaction sign_transaction(const Transaction& tx, const PrivateKey& key) {
  Signature signature = key.sign(signing_hash(tx));
  std::vector<Bytes> fields = unsigned_fields(tx);
  fields.push_back(rlp_number(Wei{signature.y_parity}));
  fields.push_back(rlp_number(signature.r));
  fields.push_back(rlp_number(signature.s));
  SignedTransaction out;
  out.raw = typed(fields);
  out.hash = keccak256(out.raw);
  return out;
}

Address created_address(const Address& sender, uint64_t nonce) {
  Bytes32 hash = keccak256(rlp_list(std::vector<Bytes>{rlp_string(sender), rlp_number(Wei{nonce})}));
  Address a;
  std::copy(hash.begin() + 12, hash.end(), a.begin());
  return a;
}

}  // namespace sotto::contest
