// SPDX-License-Identifier: Apache-2.0
// Data parallelism: splits [0, n) into contiguous ranges that threads take as they become free.
#pragma once
#include <cstddef>
#include <functional>

namespace sotto {

// Number of threads used (SOTTO_THREADS, else the number of cores).
unsigned thread_count();

// Calls body(begin, end, thread) for disjoint ranges that cover [0, n); a few for each thread, so that one that is
// slower, or has harder ranges, does not hold up the others. Ranges have at least min_per_range items where there are
// so many. Calls of one thread (thread < thread_count()) never overlap. body must not throw.
void parallel_for(size_t n, const std::function<void(size_t begin, size_t end, unsigned thread)>& body,
                  size_t min_per_range = 1);

}  // namespace sotto
