// SPDX-License-Identifier: Apache-2.0
// Landlock: which files a process may still open (kernel 5.13 and newer, Documentation/userspace-api/landlock.rst).
#pragma once
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::contest {

// The version that this kernel speaks; 0 when it has none.
int landlock_abi();

// From now on this thread and those it starts open nothing but files beneath `writable` (read and write, neither make nor
// remove) and beneath `readable` (read), use no TCP (version 4), send no signal to processes outside and reach no abstract
// socket outside (version 6). Missing readable paths are skipped. Requires no_new_privs and landlock_abi() > 0.
Status restrict_files(const std::string& writable, const std::vector<std::string>& readable);

}  // namespace sotto::contest
