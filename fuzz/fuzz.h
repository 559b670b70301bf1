// SPDX-License-Identifier: Apache-2.0
// What fuzz targets share. A target is one function that takes any bytes and must come back: whatever they are, the answer is
// a value or an Error, never a crash, a hang or a leak. With clang (preset fuzz) libFuzzer calls it; in every other build
// replay.cpp calls it for the files of fuzz/corpus, as a test.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace sotto::fuzz {

inline std::string_view text_of(ByteSpan bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// A file in memory, for readers that take a path.
class MemoryFile {
 public:
  explicit MemoryFile(ByteSpan bytes) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    SOTTO_CHECK(fd_ >= 0 && write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

// The first four bytes (little-endian) cut the rest in two.
inline std::pair<ByteSpan, ByteSpan> two_parts(ByteSpan bytes) {
  if (bytes.size() < 4) return {{}, {}};
  const size_t at = bytes[0] | size_t{bytes[1]} << 8 | size_t{bytes[2]} << 16 | size_t{bytes[3]} << 24;
  const ByteSpan rest = bytes.subspan(4);
  const size_t cut = at < rest.size() ? at : rest.size();
  return {rest.first(cut), rest.subspan(cut)};
}

}  // namespace sotto::fuzz

// FUZZ_TARGET(bytes) { … }
#define FUZZ_TARGET(bytes)                                              \
  static void fuzz_one(::sotto::ByteSpan bytes);                        \
  int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {        \
    fuzz_one({data, size});                                             \
    return 0;                                                           \
  }                                                                     \
  static void fuzz_one(::sotto::ByteSpan bytes)
