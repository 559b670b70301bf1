// SPDX-License-Identifier: Apache-2.0
// Which chain, and whose key. Names of options and variables are those of Foundry's `cast`. Keys never come in arguments.
#pragma once
#include <string>
#include <vector>

#include "cli/verb.h"
#include "contest/chain/client.h"

namespace sotto::cli {

struct ChainInput {
  std::vector<std::string> rpc_urls;
  uint64_t chain_id = 0;  // 0: whatever the server says
  void add_to(CLI::App* verb);
  Result<contest::ChainClient> connect() const;
};

// --keystore or --account with --password-file, --key-file, or the variable ETH_PRIVATE_KEY.
struct KeyInput {
  std::string keystore, account, password_file, key_file;
  void add_to(CLI::App* verb);
  Result<contest::PrivateKey> load() const;
};

}  // namespace sotto::cli
