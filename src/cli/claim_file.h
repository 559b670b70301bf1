// SPDX-License-Identifier: Apache-2.0
// *.claim.json: the public statement of a proof, for people and for `sotto verify` and `sotto contest claim`.
#pragma once
#include <string>

#include "claim/statement/eip712.h"

namespace sotto::cli {

struct ClaimFile {
  claim::ClaimStatement statement;
  unsigned slots = 0;        // size class of the key
  bool development = false;  // made with a development setup
};

// x.proof -> x.claim.json
std::string claim_path_of(const std::string& proof_path);
Status write_claim(const std::string& path, const ClaimFile& claim);
Result<ClaimFile> read_claim(const std::string& path);

}  // namespace sotto::cli
