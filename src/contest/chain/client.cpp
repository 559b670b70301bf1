// SPDX-License-Identifier: Apache-2.0
#include "contest/chain/client.h"

#include <nlohmann/json.hpp>

#include "contest/chain/receipt.h"
#include "contest/chain/revert.h"
#include "contest/chain/rpc_values.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;

const char* tag_of(Finality f) {
  switch (f) {
    case Finality::kSafe: return "safe";
    case Finality::kFinalized: return "finalized";
    case Finality::kLatest: break;
  }
  return "latest";
}

// A server's "no" as an error: reverts in the contract's words and as kRejected, the rest as it came.
Error fault_error(const std::string& method, const RpcFault& fault) {
  bool reverted = !fault.data.empty() || fault.code == 3 || fault.message.find("revert") != std::string::npos;
  if (reverted && !fault.data.empty()) return rejected("the contract refused: " + explain_revert(fault.data));
  if (reverted) return rejected("the contract refused: " + fault.message);
  return environment_error("the chain's server refused " + method + ": " + fault.message);
}

Result<Json> ask(JsonRpc& rpc, const std::string& method, const Json& params) {
  SOTTO_TRY(RpcAnswer answer, rpc.call(method, params));
  if (answer.fault) return fault_error(method, *answer.fault);
  return *answer.result;
}

Json to_json(const Address& from, const Message& m) {
  Json j = {{"from", to_hex(from)}, {"data", to_hex(m.data)}, {"value", quantity(m.value)}};
  if (m.to) j["to"] = to_hex(*m.to);
  return j;
}

// A loopback server that calls itself anvil and answers anvil's own methods.
bool answers_as_anvil(JsonRpc& rpc) {
  if (!rpc.is_loopback()) return false;
  Result<Json> version = ask(rpc, "web3_clientVersion", Json::array());
  if (!version.ok() || !version->is_string() || !version->get<std::string>().starts_with("anvil/")) return false;
  Result<Json> info = ask(rpc, "anvil_nodeInfo", Json::array());
  // A fork serves the state of a real chain, with real contests in it.
  return info.ok() && info->is_object() && info->contains("forkConfig") &&
         (!(*info)["forkConfig"].contains("forkUrl") || (*info)["forkConfig"]["forkUrl"].is_null());
}

}  // namespace

Result<ChainClient> ChainClient::connect(ChainOptions options) {
  SOTTO_TRY(JsonRpc probe, JsonRpc::open(options.rpc));
  SOTTO_TRY(Json answer, ask(probe, "eth_chainId", Json::array()));
  SOTTO_TRY(uint64_t chain_id, u64_value(answer, "eth_chainId"));
  // From now on every server of the list must serve this chain.
  options.rpc.chain_id = chain_id;
  SOTTO_TRY(JsonRpc rpc, JsonRpc::open(options.rpc));
  ChainClient client(std::move(rpc), std::move(options));
  client.chain_id_ = chain_id;
  client.embedded_ = answers_as_anvil(client.rpc_);
  return client;
}

Status ChainClient::require_embedded(std::string_view what) const {
  if (embedded_) return ok_status();
  return input_error(std::string(what) +
                     " belongs to a development setup, whose trapdoor is known: anybody can forge. It is refused "
                     "outside of the embedded chain; use a key made with a real setup");
}

Result<Wei> ChainClient::balance(const Address& who) {
  SOTTO_TRY(Json v, ask(rpc_, "eth_getBalance", Json::array({to_hex(who), "latest"})));
  return wei_value(v, "eth_getBalance");
}

Result<uint64_t> ChainClient::nonce(const Address& who) {
  SOTTO_TRY(Json v, ask(rpc_, "eth_getTransactionCount", Json::array({to_hex(who), "pending"})));
  return u64_value(v, "eth_getTransactionCount");
}

namespace {
Result<BlockHeader> read_block(JsonRpc& rpc, const std::string& which) {
  SOTTO_TRY(Json b, ask(rpc, "eth_getBlockByNumber", Json::array({which, false})));
  BlockHeader h;
  SOTTO_TRY(h.number, u64_member(b, "number"));
  SOTTO_TRY(h.hash, hash_member(b, "hash"));
  SOTTO_TRY(h.timestamp, u64_member(b, "timestamp"));
  SOTTO_TRY(h.base_fee, wei_member(b, "baseFeePerGas"));
  return h;
}
}  // namespace

Result<BlockHeader> ChainClient::block(Finality tag) { return read_block(rpc_, tag_of(tag)); }

Result<bool> ChainClient::is_canonical(const Receipt& receipt) {
  SOTTO_TRY(Json b, ask(rpc_, "eth_getBlockByNumber", Json::array({quantity(receipt.block), false})));
  if (b.is_null()) return false;
  SOTTO_TRY(Bytes32 hash, hash_member(b, "hash"));
  return hash == receipt.block_hash;
}

Result<Bytes> ChainClient::code(const Address& at) {
  SOTTO_TRY(Json v, ask(rpc_, "eth_getCode", Json::array({to_hex(at), "latest"})));
  return bytes_value(v, "eth_getCode");
}

Result<Bytes> ChainClient::call(const Address& to, ByteSpan data, const std::optional<Address>& from) {
  Json request = {{"to", to_hex(to)}, {"data", to_hex(data)}};
  if (from) request["from"] = to_hex(*from);
  SOTTO_TRY(Json v, ask(rpc_, "eth_call", Json::array({request, "latest"})));
  return bytes_value(v, "eth_call");
}

Result<uint64_t> ChainClient::estimate_gas(const Address& from, const Message& message) {
  SOTTO_TRY(Json v, ask(rpc_, "eth_estimateGas", Json::array({to_json(from, message)})));
  return u64_value(v, "eth_estimateGas");
}

Result<std::vector<Log>> ChainClient::logs(const Address& address, const std::vector<std::optional<Bytes32>>& topics,
                                           uint64_t from_block, std::optional<uint64_t> to_block) {
  Json filter = {{"address", to_hex(address)}, {"fromBlock", quantity(from_block)}};
  filter["toBlock"] = to_block ? quantity(*to_block) : std::string("latest");
  filter["topics"] = Json::array();
  for (const auto& t : topics) filter["topics"].push_back(t ? Json(to_hex(*t)) : Json(nullptr));
  SOTTO_TRY(Json v, ask(rpc_, "eth_getLogs", Json::array({filter})));
  return parse_logs(v, address, topics);
}

Result<std::optional<Receipt>> ChainClient::receipt(const Bytes32& tx) {
  SOTTO_TRY(Json v, ask(rpc_, "eth_getTransactionReceipt", Json::array({to_hex(tx)})));
  if (v.is_null()) return std::optional<Receipt>();
  SOTTO_TRY(Receipt r, parse_receipt(v, tx));
  return std::optional<Receipt>(std::move(r));
}

// The reason of a failed transaction: the same message asked again on the state before its block.
std::string ChainClient::failure_reason(const Address& from, const Message& message, uint64_t block) {
  std::string before = quantity(block == 0 ? 0 : block - 1);
  Result<Json> v = ask(rpc_, "eth_call", Json::array({to_json(from, message), before}));
  return v.ok() ? "the reason is not known (another transaction came first, or the gas ran out)" : v.error().message;
}

}  // namespace sotto::contest
