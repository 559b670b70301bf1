// SPDX-License-Identifier: Apache-2.0
// ChainClient's transactions: fees, signature, broadcast, receipt.
#include <algorithm>
#include <cctype>
#include <chrono>
#include <thread>

#include <nlohmann/json.hpp>

#include "contest/chain/client.h"
#include "contest/chain/rpc_values.h"

namespace sotto::contest {
namespace {
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPoll{10}, kSlowestPoll{1000}, kRebroadcast{8000}, kRebroadcastInDoubt{1000};

constexpr std::string_view kNonceUsed = "its nonce is already used";
constexpr int kPatience = 3;

bool mentions(const std::string& text, std::initializer_list<std::string_view> words) {
  std::string lower = text;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  auto inside = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  return std::any_of(words.begin(), words.end(), inside);
}

std::string ether(Wei v) { return wei_to_ether(v) + " ETH"; }

Error too_poor(const Address& who, Wei has, Wei needs) {
  return environment_error("the account " + to_hex(who) + " holds " + ether(has) + ", but this needs " + ether(needs) +
                           " with fees; send ether to it");
}

// Pauses that grow from poll to poll.
class Poll {
 public:
  explicit Poll(unsigned timeout_ms) : end_(Clock::now() + milliseconds(timeout_ms)) {}
  // False when the time is over.
  bool wait() {
    if (Clock::now() >= end_) return false;
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(pause_ * 3 / 2, kSlowestPoll);
    return true;
  }

 private:
  Clock::time_point end_;
  milliseconds pause_ = kFirstPoll;
};

}  // namespace

// chain.md §4: gas = 1.2 × estimate (on Arbitrum it includes the L1 part), tip 0, maxFee = 2 × baseFee.
Result<Transaction> ChainClient::prepare(const PrivateKey& key, const Message& message) {
  SOTTO_TRY(Wei funds, balance(key.address()));
  if (funds < message.value) return too_poor(key.address(), funds, message.value);
  Transaction tx;
  tx.chain_id = chain_id_;
  tx.to = message.to;
  tx.value = message.value;
  tx.data = message.data;
  tx.gas_limit = message.gas_limit;
  if (tx.gas_limit == 0) {
    SOTTO_TRY(uint64_t estimate, estimate_gas(key.address(), message));
    // Far above any real block; the fee limit below is what protects the purse.
    if (estimate > (uint64_t{1} << 50)) {
      return environment_error("the chain's server estimates an absurd amount of gas");
    }
    tx.gas_limit = estimate + estimate / 5;
  }
  SOTTO_TRY(BlockHeader head, block());
  if (head.base_fee >> 100 != 0) return environment_error("the chain's server asks an absurd price for gas");
  tx.max_fee = 2 * head.base_fee;
  Wei fee = tx.max_fee * tx.gas_limit;
  if (tx.max_fee > options_.max_transaction_fee || fee > options_.max_transaction_fee) {
    return environment_error("this transaction could cost " + ether(fee) + " in fees, more than the limit of " +
                             ether(options_.max_transaction_fee) + "; try later or raise the limit");
  }
  if (funds < message.value + fee) return too_poor(key.address(), funds, message.value + fee);
  SOTTO_TRY(tx.nonce, nonce(key.address()));
  return tx;
}

// Error: the server has judged, and does not take it. doubt: why the server could not be asked; the transaction may be
// on its way all the same, because perhaps only the answer was lost.
Status ChainClient::broadcast(const SignedTransaction& tx, std::string& doubt) {
  Result<RpcAnswer> answer = rpc_.call("eth_sendRawTransaction", Json::array({to_hex(tx.raw)}));
  doubt = answer.ok() ? "" : answer.error().message;
  if (!answer.ok()) return ok_status();
  if (answer->fault) {
    // It may be this one that came before: the receipt decides.
    if (mentions(answer->fault->message, {"nonce too low"})) doubt = kNonceUsed;
    if (mentions(answer->fault->message, {"already known", "already imported", "nonce too low"})) return ok_status();
    return environment_error("the chain's server refused the transaction: " + answer->fault->message);
  }
  SOTTO_TRY(Bytes32 hash, hash_value(*answer->result, "eth_sendRawTransaction"));
  if (hash != tx.hash) return environment_error("the chain's server sent nonsense: the hash of another transaction");
  return ok_status();
}

// While nothing is known of the transaction the same bytes go out again, which cannot pay twice.
Result<Receipt> ChainClient::await_receipt(const SignedTransaction& tx) {
  std::string doubt;
  SOTTO_TRY_STATUS(broadcast(tx, doubt));
  Clock::time_point last = Clock::now();
  int used = 0;
  for (Poll poll(options_.receipt_timeout_ms); poll.wait();) {
    SOTTO_TRY(std::optional<Receipt> found, receipt(tx.hash));
    if (found) {
      // A reorganised chain may still serve the receipt of a block that is gone.
      SOTTO_TRY(bool on_chain, is_canonical(*found));
      if (on_chain) return *found;
    }
    if (Clock::now() - last > (doubt.empty() ? kRebroadcast : kRebroadcastInDoubt)) {
      SOTTO_TRY_STATUS(broadcast(tx, doubt));
      last = Clock::now();
      if (doubt == kNonceUsed && ++used > kPatience) {
        return environment_error("another transaction of this account took the place of " + to_hex(tx.hash) +
                                 "; try again, with one program per key");
      }
    }
  }
  return environment_error("no receipt of transaction " + to_hex(tx.hash) + " after " +
                           std::to_string(options_.receipt_timeout_ms / 1000) +
                           " s; it may still come: look it up before sending again" +
                           (doubt.empty() ? "" : " (" + doubt + ")"));
}

Result<Receipt> ChainClient::send(const PrivateKey& key, const Message& message) {
  SOTTO_TRY(Transaction tx, prepare(key, message));
  SOTTO_TRY(Receipt r, await_receipt(sign_transaction(tx, key)));
  if (r.gas_used > tx.gas_limit) {
    return environment_error("the chain's server sent nonsense: more gas used than allowed");
  }
  if (!r.success) {
    return rejected("transaction " + to_hex(r.tx) + " failed: " + failure_reason(key.address(), message, r.block));
  }
  return r;
}

Result<Deployment> ChainClient::deploy(const PrivateKey& key, ByteSpan init_code, ByteSpan constructor_arguments,
                                       Wei value) {
  Message message;
  message.data.assign(init_code.begin(), init_code.end());
  append(message.data, constructor_arguments);
  message.value = value;
  SOTTO_TRY(Transaction tx, prepare(key, message));
  Address expected = created_address(key.address(), tx.nonce);
  SOTTO_TRY(Receipt r, await_receipt(sign_transaction(tx, key)));
  if (!r.success) return rejected("the deployment " + to_hex(r.tx) + " failed");
  if (r.created != expected) {
    return environment_error("the chain's server sent nonsense: a contract at another address");
  }
  SOTTO_TRY(Bytes there, code(expected));
  if (there.empty()) return environment_error("the deployment left no code at " + to_hex(expected));
  return Deployment{expected, std::move(r)};
}

Result<Receipt> ChainClient::wait_final(const Bytes32& tx, Finality finality, unsigned timeout_ms) {
  Poll poll(timeout_ms);
  do {
    SOTTO_TRY(std::optional<Receipt> found, receipt(tx));
    if (!found) continue;
    SOTTO_TRY(BlockHeader head, block(finality));
    if (head.number < found->block) continue;
    SOTTO_TRY(bool on_chain, is_canonical(*found));
    if (on_chain) return *found;
  } while (poll.wait());
  return environment_error("transaction " + to_hex(tx) + " is not final yet");
}

}  // namespace sotto::contest
