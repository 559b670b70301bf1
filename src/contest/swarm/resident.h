// SPDX-License-Identifier: Apache-2.0
// Memory of this machine's processes, as the kernel counts it.
#pragma once
#include <sys/types.h>

#include <cstdint>

namespace sotto::contest {

// VmRSS in KiB; 0 when there is no such process.
uint64_t resident_kib(pid_t pid);

}  // namespace sotto::contest
