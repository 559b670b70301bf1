// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
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

void parallel_for(size_t n, const std::function<void(size_t, size_t, unsigned)>& body, size_t min_per_range) {
  if (n == 0) return;
  constexpr size_t kRangesPerThread = 8;
  const size_t most = std::max<size_t>(1, n / std::max<size_t>(1, min_per_range));
  const size_t ranges = thread_count() == 1 ? 1 : std::min<size_t>(thread_count() * kRangesPerThread, most);
  const unsigned threads = static_cast<unsigned>(std::min<size_t>(thread_count(), ranges));
  std::atomic<size_t> next{0};
  const auto work = [&](unsigned thread) {
    for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < ranges;)
      body(n * i / ranges, n * (i + 1) / ranges, thread);
  };
  std::vector<std::jthread> workers;
  for (unsigned i = 1; i < threads; i++) workers.emplace_back([&, i] { work(i); });
  work(0);
}

}  // namespace sotto
