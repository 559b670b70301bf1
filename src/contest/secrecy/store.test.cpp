// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sotto::contest {
namespace {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "sotto-store-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    folder_ = root_ + "/agent";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  static StoredSlot slot(uint32_t number) {
    StoredSlot out{number, {}};
    for (uint32_t i = 0; i < 3; ++i) {
      Rng rng(1, 0, number, i);
      out.songs.push_back({random_genome(rng), 100 * number + i, 5, {0xffffffff00000000ull + 16 * number + i, false, 1, 2}});
    }
    return out;
  }
  // The same key each time, or another.
  static SecretKey key(uint8_t which = 1) {
    Bytes32 bytes{};
    bytes.fill(which);
    return SecretKey::take(bytes);
  }
  Result<Store> open() const { return Store::open(folder_, identity_, key()); }
  static mode_t mode(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
  }

  std::string root_, folder_;
  const StoreIdentity identity_{1, 0, 32, 3, {}};
};

TEST_F(StoreTest, OnlyItsOwnerCanRead) {
  umask(0);  // the worst case
  auto store = open();
  ASSERT_TRUE(store.ok()) << store.error().message;
  ASSERT_TRUE(store->add(slot(0)).ok());
  EXPECT_EQ(mode(folder_), 0700u);
  unsigned files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    EXPECT_EQ(mode(file.path()), 0600u) << file.path();
    ++files;
  }
  EXPECT_GE(files, 1u);
}

TEST_F(StoreTest, KeepsOrderAcrossReopening) {
  {
    auto store = open();
    ASSERT_TRUE(store.ok());
    for (uint32_t s = 0; s < 4; ++s) ASSERT_TRUE(store->add(slot(s)).ok());
    EXPECT_FALSE(store->add(slot(2)).ok());  // a slot is written once
  }
  auto store = open();
  ASSERT_TRUE(store.ok());
  const auto slots = store->load();
  ASSERT_TRUE(slots.ok()) << slots.error().message;
  ASSERT_EQ(slots->size(), 4u);
  for (uint32_t s = 0; s < 4; ++s) {
    const StoredSlot want = slot(s);
    ASSERT_EQ((*slots)[s].songs.size(), want.songs.size());
    for (size_t i = 0; i < want.songs.size(); ++i) {
      EXPECT_EQ((*slots)[s].songs[i].genome, want.songs[i].genome);
      EXPECT_EQ((*slots)[s].songs[i].score, want.songs[i].score);
      EXPECT_EQ((*slots)[s].songs[i].impression.fingerprint, want.songs[i].impression.fingerprint);
    }
  }
}

TEST_F(StoreTest, RefusesAnotherSearchAndForeignFiles) {
  ASSERT_TRUE(open().ok());
  StoreIdentity other = identity_;
  other.seed = 2;
  const auto refused = Store::open(folder_, other, key());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInput);
  std::filesystem::remove(folder_ + "/songs.db-wal");
  std::ofstream(folder_ + "/songs.db", std::ios::trunc) << "this is not a database, but it is long enough to look like a file";
  EXPECT_FALSE(open().ok());
  std::ofstream(root_ + "/plain") << "x";
  EXPECT_FALSE(Store::open(root_ + "/plain", identity_, key()).ok());
}

TEST_F(StoreTest, KilledWriterLeavesWholeSlots) {
  for (unsigned round = 0; round < 6; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto store = open();
      const auto had = store.ok() ? store->load() : Result<std::vector<StoredSlot>>(store.error());
      if (!had.ok()) _exit(1);
      for (uint32_t s = static_cast<uint32_t>(had->size());; ++s)
        if (!store->add(slot(s)).ok()) _exit(1);
    }
    usleep(20000 + 17000 * round);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    auto store = open();
    ASSERT_TRUE(store.ok()) << store.error().message;
    const auto slots = store->load();
    ASSERT_TRUE(slots.ok()) << slots.error().message;
    for (const StoredSlot& s : *slots) EXPECT_EQ(s.songs.size(), 3u);
  }
}

}  // namespace
}  // namespace sotto::contest
