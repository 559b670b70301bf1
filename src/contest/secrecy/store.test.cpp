// SPDX-License-Identifier: Apache-2.0
#include "contest/secrecy/store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"
#include "contest/secrecy/record.h"

namespace sotto::contest {
namespace {

class StoreTest : public testing::Test {
 protected:
  const TemporaryFolder temporary_{"sotto-store"};

  void SetUp() override {
    root_ = temporary_.path();
    folder_ = root_ + "/agent";
  }

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
  static std::string content(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
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
      EXPECT_EQ((*slots)[s].songs[i].impression, want.songs[i].impression);
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

TEST_F(StoreTest, AnswersComeBackAsTheyCame) {
  auto store = open();
  ASSERT_TRUE(store.ok());
  StoredSlot first = slot(0);
  first.answers = {"", std::string("with a zero\0inside", 18), std::string(100'000, 'x')};
  ASSERT_TRUE(store->add(first).ok());
  ASSERT_TRUE(store->add(slot(1)).ok());
  EXPECT_EQ(store->slots(), 2u);
  const auto back = store->read(0);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->answers, first.answers);
  EXPECT_TRUE(store->read(1)->answers.empty());
  unsigned seen = 0;
  const Status stopped = store->replay([&](const StoredSlot&) { return ++seen == 1 ? Status(usage_error("enough")) : ok_status(); });
  EXPECT_FALSE(stopped.ok());
  EXPECT_EQ(seen, 1u);
}

TEST_F(StoreTest, OnlyItsKeyOpensIt) {
  ASSERT_TRUE(open().ok());
  const auto refused = Store::open(folder_, identity_, key(2));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInput);
  EXPECT_NE(refused.error().message.find("key is wrong"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(open().ok());
}

// What others could see of the files holds nothing of the songs, in whatever state the files are.
TEST_F(StoreTest, NothingReadableIsInTheFiles) {
  std::vector<std::string> secrets = {"the answer of a model"};
  auto store = open();
  ASSERT_TRUE(store.ok());
  for (uint32_t s = 0; s < 40; ++s) {
    StoredSlot full = slot(s);
    full.answers = {secrets[0]};
    for (const Scored& song : full.songs) {
      if (to_source(song.genome).size() > 8) secrets.push_back(to_source(song.genome));
      if (encode(song.genome).size() > 8) secrets.push_back(encode(song.genome));
    }
    ASSERT_TRUE(store->add(full).ok());
  }
  EXPECT_GT(secrets.size(), 50u);
  const auto search = [&] {
    unsigned files = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      const std::string text = content(file.path());
      for (const std::string& secret : secrets) EXPECT_EQ(text.find(secret), std::string::npos) << file.path();
      ++files;
    }
    return files;
  };
  EXPECT_GE(search(), 2u);  // with a write-ahead file
  store = Result<Store>(usage_error("closed"));
  EXPECT_GE(search(), 1u);
}

// The number of songs shows, roughly; which songs they are does not.
TEST_F(StoreTest, RecordsHaveFewSizes) {
  for (const size_t size : {0u, 1u, 1023u, 1024u, 5000u}) {
    const Bytes record = seal(key(), Bytes{1}, Bytes(size, 7));
    EXPECT_EQ((record.size() - 40) % kPadding, 0u);
    EXPECT_EQ((record.size() - 40) / kPadding, size / kPadding + 1);
    EXPECT_EQ(*unseal(key(), Bytes{1}, record), Bytes(size, 7));
  }
}

TEST_F(StoreTest, EveryFlippedBitIsRefused) {
  const Bytes place = place_of(identity_, 3), record = seal(key(), place, Bytes(100, 7));
  ASSERT_TRUE(unseal(key(), place, record).ok());
  for (size_t byte = 0; byte < record.size(); ++byte) {
    Bytes other = record;
    other[byte] ^= static_cast<uint8_t>(1u << (byte % 8));
    EXPECT_FALSE(unseal(key(), place, other).ok()) << byte;
  }
  for (const size_t size : {size_t{0}, size_t{39}, record.size() - kPadding, record.size() - 1})
    EXPECT_FALSE(unseal(key(), place, ByteSpan(record).first(size)).ok());
  EXPECT_FALSE(unseal(key(2), place, record).ok());
  EXPECT_FALSE(unseal(key(), place_of(identity_, 4), record).ok());
  StoreIdentity other = identity_;
  other.agent = 1;
  EXPECT_FALSE(unseal(key(), place_of(other, 3), record).ok());
  other = identity_;
  other.seed = 2;
  EXPECT_FALSE(unseal(key(), place_of(other, 3), record).ok());
}

// Somebody who can write the file, with SQLite at hand.
TEST_F(StoreTest, RecordsOutOfTheirPlaceAreRefused) {
  const auto refused_after = [&](const char* sql) {
    std::filesystem::remove_all(folder_);
    {
      auto store = open();
      for (uint32_t s = 0; s < 4; ++s) SOTTO_CHECK(store->add(slot(s)).ok());
    }
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open((folder_ + "/songs.db").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
    const auto store = open();
    const Status status = store.ok() ? store->replay([](const StoredSlot&) { return ok_status(); }) : Status(store.error());
    return !status.ok() && status.error().kind == ErrorKind::kInput;
  };
  EXPECT_FALSE(refused_after("SELECT 1"));
  EXPECT_TRUE(refused_after("UPDATE records SET number = 10 - number WHERE number IN (1, 2); UPDATE records SET number = 3 - (10 - number)"
                            " WHERE number > 3"));
  EXPECT_TRUE(refused_after("UPDATE records SET record = (SELECT record FROM records WHERE number = 0) WHERE number = 2"));
  EXPECT_TRUE(refused_after("UPDATE records SET record = zeroblob(5000) WHERE number = 2"));
  EXPECT_TRUE(refused_after("DELETE FROM records WHERE number = 1"));
  EXPECT_TRUE(refused_after("DELETE FROM records WHERE number = -1"));
  EXPECT_TRUE(refused_after("PRAGMA user_version = 2"));
}

TEST_F(StoreTest, DecoderRefusesNonsense) {
  StoredSlot full = slot(0);
  full.answers = {"answer"};
  const Bytes good = encode_slot(full);
  ASSERT_TRUE(decode_slot(0, good).ok());
  for (size_t n = 0; n < good.size(); ++n) EXPECT_FALSE(decode_slot(0, ByteSpan(good).first(n)).ok()) << n;
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_FALSE(decode_slot(0, longer).ok());
  EXPECT_FALSE(decode_slot(0, Bytes(20, 255)).ok());
}

}  // namespace
}  // namespace sotto::contest
