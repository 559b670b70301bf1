// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/receipt.h"

#include "contest/chain/rpc_values.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

Error lie(const std::string& what) { return environment_error("the chain's server sent nonsense: " + what); }

Result<Log> parse_log(const Json& j) {
  Log log;
  SOTTO_TRY(Json address, member_of(j, "address"));
  SOTTO_TRY(log.address, address_value(address, "address"));
  SOTTO_TRY(Json topics, member_of(j, "topics"));
  if (!topics.is_array() || topics.size() > 4) return lie("a log's topics");
  for (const Json& t : topics) {
    SOTTO_TRY(Bytes32 topic, hash_value(t, "topic"));
    log.topics.push_back(topic);
  }
  SOTTO_TRY(Json data, member_of(j, "data"));
  SOTTO_TRY(log.data, bytes_value(data, "data"));
  SOTTO_TRY(log.block, u64_member(j, "blockNumber"));
  SOTTO_TRY(log.tx, hash_member(j, "transactionHash"));
  return log;
}

bool matches(const Log& log, const Address& address, const std::vector<std::optional<Bytes32>>& topics) {
  if (log.address != address || log.topics.size() < topics.size()) return false;
  for (size_t i = 0; i < topics.size(); i++) {
    if (topics[i] && *topics[i] != log.topics[i]) return false;
  }
  return true;
}

}  // namespace

Result<Receipt> parse_receipt(const Json& j, const Bytes32& expected_tx) {
  Receipt r;
  SOTTO_TRY(r.tx, hash_member(j, "transactionHash"));
  if (r.tx != expected_tx) return lie("the receipt of another transaction");
  SOTTO_TRY(uint64_t status, u64_member(j, "status"));
  if (status > 1) return lie("a receipt's status is neither 0 nor 1");
  r.success = status == 1;
  SOTTO_TRY(r.block, u64_member(j, "blockNumber"));
  SOTTO_TRY(r.block_hash, hash_member(j, "blockHash"));
  SOTTO_TRY(r.gas_used, u64_member(j, "gasUsed"));
  SOTTO_TRY(r.gas_price, wei_member(j, "effectiveGasPrice"));
  if (auto it = j.find("contractAddress"); it != j.end() && !it->is_null()) {
    SOTTO_TRY(Address created, address_value(*it, "contractAddress"));
    r.created = created;
  }
  SOTTO_TRY(Json logs, member_of(j, "logs"));
  if (!logs.is_array()) return lie("a receipt's logs");
  for (const Json& l : logs) {
    SOTTO_TRY(Log log, parse_log(l));
    r.logs.push_back(std::move(log));
  }
  return r;
}

Result<std::vector<Log>> parse_logs(const Json& value, const Address& address,
                                    const std::vector<std::optional<Bytes32>>& topics) {
  if (!value.is_array()) return lie("logs are not a list");
  std::vector<Log> out;
  for (const Json& j : value) {
    SOTTO_TRY(Log log, parse_log(j));
    if (!matches(log, address, topics)) return lie("a log that was not asked for");
    out.push_back(std::move(log));
  }
  return out;
}

}  // namespace sotto::contest
