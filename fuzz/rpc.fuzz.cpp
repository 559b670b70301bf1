// SPDX-License-Identifier: Apache-2.0
// Answers of a chain's JSON-RPC server, as far as they are read after the HTTP layer: values, receipts, logs.
#include <nlohmann/json.hpp>

#include "contest/chain/receipt.h"
#include "contest/chain/rpc_values.h"
#include "fuzz.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const auto value = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (value.is_discarded()) return;
  (void)contest::wei_value(value, "value").ok();
  (void)contest::u64_value(value, "value").ok();
  (void)contest::bytes_value(value, "value").ok();
  (void)contest::hash_value(value, "value").ok();
  (void)contest::address_value(value, "value").ok();
  Bytes32 transaction{};
  transaction.fill(0x11);
  (void)contest::parse_receipt(value, transaction).ok();
  Address address{};
  address.fill(0x22);
  (void)contest::parse_logs(value, address, {}).ok();
}
