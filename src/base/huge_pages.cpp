// SPDX-License-Identifier: Apache-2.0
#include "base/huge_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace sotto {

void prefer_huge_pages([[maybe_unused]] void* memory, [[maybe_unused]] size_t bytes) {
#ifdef MADV_HUGEPAGE
  constexpr uintptr_t kPage = uintptr_t{1} << 21;
  const auto begin = reinterpret_cast<uintptr_t>(memory), from = (begin + kPage - 1) / kPage * kPage, to = (begin + bytes) / kPage * kPage;
  if (from + kPage < to) madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE);  // a refusal changes nothing but speed
#endif
}

}  // namespace sotto
