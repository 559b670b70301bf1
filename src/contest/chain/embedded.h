// SPDX-License-Identifier: Apache-2.0
// A real EVM on the loopback interface: anvil as a child process with Arbitrum One's chain id. It has no network, no
// files, and dies with this process, however this process ends.
#pragma once
#include <memory>
#include <string>

#include "contest/chain/client.h"

namespace sotto::contest {

inline constexpr uint64_t kArbitrumOne = 42161;

class EmbeddedChain {
 public:
  // $SOTTO_ANVIL, else the binary that npm put below contracts/node_modules. Missing: kEnvironment, with what to run.
  static Result<std::string> find_anvil();
  // Ready to answer when it returns (bounded by 5 s per attempt, on another port each time).
  static Result<EmbeddedChain> start();

  EmbeddedChain(EmbeddedChain&&) noexcept;
  EmbeddedChain& operator=(EmbeddedChain&&) noexcept;
  ~EmbeddedChain();  // ends anvil and waits for it

  const std::string& url() const;  // http://127.0.0.1:port, for other processes
  int process_id() const;
  // A client of its own; each thread needs one.
  Result<ChainClient> connect() const;
  // Sets the balance out of thin air.
  Status fund(const Address& who, Wei balance);
  // A freshly generated key with that balance.
  Result<PrivateKey> funded_key(Wei balance);
  // Moves the clock for the following blocks, and mines one.
  Status advance_time(uint64_t seconds);

 private:
  struct Child;
  explicit EmbeddedChain(std::unique_ptr<Child> child);
  std::unique_ptr<Child> child_;
};

}  // namespace sotto::contest
