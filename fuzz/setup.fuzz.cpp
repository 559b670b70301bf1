// SPDX-License-Identifier: Apache-2.0
// Setup files, ours and snarkjs's.
#include "fuzz.h"
#include "zk/commit/srs.h"

FUZZ_TARGET(bytes) {
  const sotto::fuzz::MemoryFile file(bytes);
  (void)sotto::zk::read_srs(file.path(), 2).ok();
  (void)sotto::zk::read_ptau(file.path(), 2).ok();
}
