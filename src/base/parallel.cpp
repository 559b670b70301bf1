// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <vector>

namespace sotto {

unsigned thread_count() {
  static const unsigned count = [] {
    if (const char* s = std::getenv("SOTTO_THREADS")) {
      int v = std::atoi(s);
      if (v >= 1 && v <= 256) return static_cast<unsigned>(v);
    }
    return std::max(1u, std::thread::hardware_concurrency());
  }();
  return count;
}

void parallel_for(size_t n, const std::function<void(size_t, size_t, unsigned)>& body, size_t min_per_thread) {
  if (n == 0) return;
  const size_t most = std::max<size_t>(1, n / std::max<size_t>(1, min_per_thread));
  const unsigned threads = static_cast<unsigned>(std::min<size_t>(thread_count(), most));
  std::vector<std::jthread> workers;
  for (unsigned i = 1; i < threads; i++)
    workers.emplace_back([&, i] { body(n * i / threads, n * (i + 1) / threads, i); });
  body(0, n / threads, 0);
}

}  // namespace sotto
