// SPDX-License-Identifier: Apache-2.0
// *.claim.json
#include "cli/claim_file.h"
#include "fuzz.h"

FUZZ_TARGET(bytes) {
  const sotto::fuzz::MemoryFile file(bytes);
  (void)sotto::cli::read_claim(file.path()).ok();
}
