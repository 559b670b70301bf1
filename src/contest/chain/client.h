// SPDX-License-Identifier: Apache-2.0
// What Sotto needs of an EVM chain: state, calls, transactions with receipts, deployments, logs.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "contest/chain/rpc.h"
#include "contest/chain/transaction.h"

namespace sotto::contest {

struct ChainOptions {
  RpcOptions rpc;
  unsigned receipt_timeout_ms = 120'000;
  // Refuses to sign a transaction that could cost more than this in fees, whatever the server says of prices.
  Wei max_transaction_fee = kEther / 20;
};

struct BlockHeader {
  uint64_t number = 0;
  Bytes32 hash{};
  uint64_t timestamp = 0;
  Wei base_fee = 0;
};

struct Log {
  Address address{};
  std::vector<Bytes32> topics;
  Bytes data;
  uint64_t block = 0;
  Bytes32 tx{};
};

struct Receipt {
  Bytes32 tx{};
  bool success = false;
  uint64_t block = 0;
  Bytes32 block_hash{};
  uint64_t gas_used = 0;
  Wei gas_price = 0;  // effective, per gas
  std::optional<Address> created;
  std::vector<Log> logs;
  Wei fee() const { return gas_price * gas_used; }
};

struct Message {
  std::optional<Address> to;  // none: contract creation
  Bytes data;
  Wei value = 0;
  uint64_t gas_limit = 0;     // 0: estimated, with a margin of 20 %
};

struct Deployment {
  Address address{};
  Receipt receipt;
};

enum class Finality { kLatest, kSafe, kFinalized };

// Not thread-safe: one object per thread.
class ChainClient {
 public:
  // Learns the chain id (and checks it when options.rpc.chain_id is set).
  static Result<ChainClient> connect(ChainOptions options);

  uint64_t chain_id() const { return chain_id_; }
  // True only for Sotto's own kind of chain: a loopback address that answers as anvil. Whatever belongs to a
  // development setup (its trapdoor is known: anybody can forge) is refused on any other chain.
  bool is_embedded() const { return embedded_; }
  Status require_embedded(std::string_view what) const;
  std::string server() const { return rpc_.server(); }

  Result<Wei> balance(const Address& who);
  Result<uint64_t> nonce(const Address& who);  // the next one, pending transactions counted
  Result<BlockHeader> block(Finality tag = Finality::kLatest);
  Result<Bytes> code(const Address& at);
  // A revert is kRejected with our custom errors in words.
  Result<Bytes> call(const Address& to, ByteSpan data, const std::optional<Address>& from = {});
  Result<uint64_t> estimate_gas(const Address& from, const Message& message);

  // Preflight by estimation, EIP-1559 fees (tip 0, maxFee = 2 × base fee), signature, broadcast, receipt. A receipt
  // with status 0 is an Error (kRejected). The same bytes are sent again while no receipt comes.
  Result<Receipt> send(const PrivateKey& key, const Message& message);
  // init_code ++ constructor_arguments. Checks that code is there afterwards.
  Result<Deployment> deploy(const PrivateKey& key, ByteSpan init_code, ByteSpan constructor_arguments = {},
                            Wei value = 0);

  Result<std::optional<Receipt>> receipt(const Bytes32& tx);
  // Waits until the block of the transaction is at least as final as asked and still on the chain.
  Result<Receipt> wait_final(const Bytes32& tx, Finality finality, unsigned timeout_ms);
  Result<std::vector<Log>> logs(const Address& address, const std::vector<std::optional<Bytes32>>& topics,
                                uint64_t from_block, std::optional<uint64_t> to_block = {});

  // For the embedded chain's own methods (anvil_…, evm_…).
  JsonRpc& rpc() { return rpc_; }

 private:
  ChainClient(JsonRpc rpc, ChainOptions options) : rpc_(std::move(rpc)), options_(std::move(options)) {}
  Result<Transaction> prepare(const PrivateKey& key, const Message& message);
  Status broadcast(const SignedTransaction& tx, std::string& doubt);
  Result<Receipt> await_receipt(const SignedTransaction& tx);
  Result<bool> is_canonical(const Receipt& receipt);
  std::string failure_reason(const Address& from, const Message& message, uint64_t block);

  JsonRpc rpc_;
  ChainOptions options_;
  uint64_t chain_id_ = 0;
  bool embedded_ = false;
};

}  // namespace sotto::contest
