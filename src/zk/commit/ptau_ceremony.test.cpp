// SPDX-License-Identifier: Apache-2.0
// A file that snarkjs itself wrote. It is not part of the repository: SOTTO_CORPUS names the folder that holds
// ptau/p2.ptau; without it, the shared data folder beside the checkout is looked at.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "zk/commit/srs.h"

namespace sotto::zk {
namespace {
namespace fs = std::filesystem;

std::string ceremony_file() {
  std::vector<fs::path> folders = {fs::path(SOTTO_SOURCE_DIR) / ".." / "shared" / "data"};
  if (const char* corpus = std::getenv("SOTTO_CORPUS")) folders = {fs::path(corpus), fs::path(corpus) / "data", fs::path(corpus) / ".."};
  for (const fs::path& folder : folders)
    if (fs::exists(folder / "ptau" / "p2.ptau")) return (folder / "ptau" / "p2.ptau").string();
  return "";
}

TEST(Ceremony, SnarkjsFileIsReadAndItsDamageFound) {
  const std::string path = ceremony_file();
  if (path.empty()) {
    std::cout << "SOTTO-SKIPPED: no ptau file\n";
    GTEST_SKIP();
  }
  const auto srs = read_ptau(path, 14);
  ASSERT_TRUE(srs.ok()) << srs.error().message;
  EXPECT_EQ(srs->log_size(), 14u);
  EXPECT_TRUE(srs->development) << "a test ceremony must not pass for a real one; digest " << to_hex(srs->digest);
  EXPECT_TRUE(check_srs(*srs).ok());
  EXPECT_EQ(read_ptau(path, 11)->digest, srs->digest);
  EXPECT_FALSE(read_ptau(path, 15).ok());

  const fs::path copy = fs::temp_directory_path() / ("sotto-ceremony-" + std::to_string(::getpid()) + ".ptau");
  Bytes bytes = *read_file(path);
  bytes[200 + 64 * 10000] ^= 1;
  ASSERT_TRUE(write_file_atomically(copy.string(), bytes).ok());
  EXPECT_FALSE(read_ptau(copy.string(), 14).ok());
  fs::remove(copy);
}
}  // namespace
}  // namespace sotto::zk
