// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <mutex>

#include "base/parallel.h"

namespace sotto {
namespace {

TEST(Hex, RoundTripAndRefusals) {
  const Bytes b = {0x00, 0xab, 0xff};
  EXPECT_EQ(to_hex(b), "0x00abff");
  EXPECT_EQ(from_hex("0x00ABff").value(), b);
  EXPECT_EQ(from_hex("00abff").value(), b);
  EXPECT_FALSE(from_hex("0x123").ok());
  EXPECT_FALSE(from_hex("0x0g").ok());
  EXPECT_FALSE(address_from_hex("0x1234").ok());
  EXPECT_EQ(word_from_u64(0x0102)[30], 1);
}

TEST(Files, AreWrittenWholeOrNotAtAll) {
  const std::string folder = std::filesystem::temp_directory_path() / ("sotto-bytes-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = folder + "/file";
  const Bytes first(100000, 7), second = {1, 2, 3};
  ASSERT_TRUE(write_file_atomically(path, first).ok());
  EXPECT_EQ(read_file(path).value(), first);
  ASSERT_TRUE(write_file_atomically(path, second).ok());
  EXPECT_EQ(read_file(path).value(), second);
  EXPECT_FALSE(read_file(path, 2).ok()) << "larger than allowed";
  EXPECT_FALSE(read_file(folder).ok()) << "a folder";
  EXPECT_FALSE(read_file(folder + "/none").ok());
  const Status refused = write_file_atomically(folder + "/no/such/folder", second);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kEnvironment);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "a temporary file was left";
  std::filesystem::remove_all(folder);
}

TEST(ParallelFor, CoversEveryIndexOnce) {
  for (const size_t n : {size_t{0}, size_t{1}, size_t{7}, size_t{1000}}) {
    std::vector<int> seen(n);
    std::mutex mutex;
    parallel_for(n, [&](size_t begin, size_t end, unsigned thread) {
      const std::lock_guard lock(mutex);
      EXPECT_LT(thread, thread_count());
      for (size_t i = begin; i < end; i++) seen[i]++;
    });
    EXPECT_EQ(std::count(seen.begin(), seen.end(), 1), static_cast<long>(n));
  }
}

}  // namespace
}  // namespace sotto
