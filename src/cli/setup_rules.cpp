// SPDX-License-Identifier: Apache-2.0
#include "cli/setup_rules.h"

#include <cstdio>

#include "contest/chain/embedded.h"

namespace sotto::cli {

Status check_setup_use(const std::string& setup, uint64_t chain_id, const std::string& rpc_url) {
  if (!rpc_url.empty()) {
    contest::ChainOptions options;
    options.rpc.urls = {rpc_url};
    options.rpc.chain_id = chain_id;
    SOTTO_TRY(const contest::ChainClient chain, contest::ChainClient::connect(options));
    return setup.empty() ? chain.require_embedded("the development setup") : ok_status();
  }
  if (!setup.empty()) return ok_status();
  if (chain_id != contest::kArbitrumOne)
    return usage_error("the development setup is for the embedded chain (id " + std::to_string(contest::kArbitrumOne) +
                       "); for any other chain give --setup FILE (see `sotto setup import`)");
  std::fprintf(stderr, "setup: development (its trapdoor is known: good for the embedded chain and for tests, worth nothing elsewhere)\n");
  return ok_status();
}

}  // namespace sotto::cli
