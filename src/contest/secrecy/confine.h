// SPDX-License-Identifier: Apache-2.0
// What a process does before it touches a song.
#pragma once
#include <cstdint>

#include "base/result.h"

namespace sotto::contest {

// Ends with its parent, however that ends; leaves no core dump and lets no other process look inside; gains no privileges;
// makes files that only its user can read; leaves the keyboard's interrupt to the parent.
Status confine_agent();

// Peak resident memory of this process since its start, in KiB.
uint64_t peak_memory_kib();

}  // namespace sotto::contest
