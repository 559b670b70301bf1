// SPDX-License-Identifier: Apache-2.0
// The development setup's trapdoor is known, so anybody can forge proofs made with it: where it may be used, and where not.
#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"

namespace sotto::cli {

// `setup`: a file, or empty for the development setup. Without a server the chain id decides, and a notice is printed; with
// one, only Sotto's embedded kind of chain takes the development setup.
Status check_setup_use(const std::string& setup, uint64_t chain_id, const std::string& rpc_url);

}  // namespace sotto::cli
