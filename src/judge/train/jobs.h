// SPDX-License-Identifier: Apache-2.0
// Several fits at once: one process each, since libtorch's random numbers are shared by the threads of a process.
#pragma once
#include <functional>
#include <vector>

#include "base/result.h"

namespace sotto::judge::train {

// Runs work(0) .. work(count - 1) in `jobs` child processes that share what memory holds now; results go through files.
// No OpenMP thread may have been started before.
Status in_processes(size_t count, size_t jobs, const std::function<Status(size_t)>& work);

}  // namespace sotto::judge::train
