// SPDX-License-Identifier: Apache-2.0
// Work in a process of its own: what the system counts for a process, such as its peak memory, is then the work's
// alone.
#pragma once
#include <functional>

#include "cli/verb.h"

namespace sotto::cli {

// Runs `work` in a fork of this process and returns what it returns; kInterrupted when this process is interrupted
// first. Requires that this process has one thread.
Result<Json> in_own_process(const std::function<Result<Json>()>& work);

}  // namespace sotto::cli
