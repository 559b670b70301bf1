// SPDX-License-Identifier: Apache-2.0
// Data parallelism: splits [0, n) into contiguous ranges, one per thread.
#pragma once
#include <cstddef>
#include <functional>

namespace sotto {

// Number of threads used (SOTTO_THREADS, else the number of cores).
unsigned thread_count();

// Calls body(begin, end, thread) for disjoint ranges that cover [0, n). With fewer than min_per_thread items per
// thread, fewer threads are used. body must not throw.
void parallel_for(size_t n, const std::function<void(size_t begin, size_t end, unsigned thread)>& body,
                  size_t min_per_thread = 1);

}  // namespace sotto
