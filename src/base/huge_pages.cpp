// SPDX-License-Identifier: Apache-2.0
#include "base/huge_pages.h"

#include "base/parallel.h"

#include <malloc.h>
#include <sys/mman.h>

#include <climits>
#include <cstdint>

namespace sotto {

void prefer_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] size_t bytes) {
#ifdef MADV_HUGEPAGE
  constexpr uintptr_t kPage = uintptr_t{1} << 21;
  const auto begin = reinterpret_cast<uintptr_t>(memory), from = (begin + kPage - 1) / kPage * kPage, to = (begin + bytes) / kPage * kPage;
  if (from + kPage < to) madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);  // a refusal changes nothing but speed
#endif
}

void populate([[maybe_unused]] void* memory, [[maybe_unused]] size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  constexpr uintptr_t kPage = uintptr_t{1} << 21;  // no two threads in one large page
  const auto begin = reinterpret_cast<uintptr_t>(memory), first = (begin + kPage - 1) / kPage,
             last = (begin + bytes) / kPage;
  if (first + 4 > last) return;
  parallel_for(last - first, [&](size_t from, size_t to, unsigned) {
    madvise(reinterpret_cast<void*>((first + from) * kPage), (to - from) * kPage, MADV_POPULATE_WRITE);  // as above
  });
#endif
}

// Large blocks come from the heap instead of mappings of their own; the defaults are those of mallopt(3).
void FreedMemoryKept::share_heap() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
#endif
}
FreedMemoryKept::FreedMemoryKept() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
#endif
}
FreedMemoryKept::~FreedMemoryKept() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 65536);
  mallopt(M_TRIM_THRESHOLD, 128 * 1024);
  malloc_trim(0);
#endif
}

}  // namespace sotto
