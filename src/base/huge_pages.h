// SPDX-License-Identifier: Apache-2.0
// Large arrays on large pages: a random access to a quarter of a gigabyte misses the address cache nearly every time with 4 KiB pages.
#pragma once
#include <cstddef>
#include <vector>

namespace sotto {

// Asks for large pages for memory that nothing has been written to yet. Only a request: does nothing where the system has none,
// and for less than a few megabytes.
void prefer_huge_pages(void* memory, size_t bytes);

// While it lives, this process keeps freed memory for its next large arrays. A proof takes and frees some ten gigabytes
// in arrays of a tenth of one; pages that go back to the system are cleared when they come again, which was a fifth of
// its time. The end gives the memory back. One at a time. Threads but the first take memory from heaps of their own, in
// which large arrays are not kept: a process that proves on another thread calls share_heap() before it starts one.
class FreedMemoryKept {
 public:
  static void share_heap();
  FreedMemoryKept();
  ~FreedMemoryKept();
  FreedMemoryKept(const FreedMemoryKept&) = delete;
  FreedMemoryKept& operator=(const FreedMemoryKept&) = delete;
};

// Fetches the pages on all threads: to get them one after the other on first use takes longer than to fill them.
void populate(void* memory, size_t bytes);

// A vector of `count` values made from nothing, on large pages where possible.
template <class T>
std::vector<T> huge_vector(size_t count) {
  std::vector<T> v;
  v.reserve(count);
  prefer_huge_pages(v.data(), count * sizeof(T));
  populate(v.data(), count * sizeof(T));
  v.resize(count);
  return v;
}

}  // namespace sotto
