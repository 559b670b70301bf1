// SPDX-License-Identifier: Apache-2.0
// seccomp: which system calls an agent may still make. A list of what it needs (syscalls.cpp), everything else fails with EPERM.
#pragma once
#include "base/result.h"

namespace sotto::contest {

bool seccomp_available();

// From now on this thread and those it starts make no system call but the listed ones. `channel` is the descriptor of the only
// socket that may be used. Requires no_new_privs.
Status restrict_syscalls(int channel);

}  // namespace sotto::contest
