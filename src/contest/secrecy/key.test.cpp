// SPDX-License-Identifier: Apache-2.0
#include "base/temporary_folder.h"
#include "contest/secrecy/key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace sotto::contest {
namespace {

class KeyTest : public testing::Test {
 protected:
  const TemporaryFolder temporary_{"sotto-key"};

  void SetUp() override {
    folder_ = temporary_.path();
    file_ = folder_ + "/master.key";
  }
  void write_secret(const std::string& text) const {
    std::ofstream(folder_ + "/passphrase") << text;
    chmod((folder_ + "/passphrase").c_str(), 0600);
  }
  Result<SecretKey> by_passphrase() const { return master_key_from_passphrase(folder_, folder_ + "/passphrase", {1, 8192}); }

  std::string folder_, file_;
};

TEST_F(KeyTest, TheMasterKeyIsMadeOnceAndIsItsOwnersAlone) {
  umask(0);
  const auto first = open_master_key(folder_), second = open_master_key(folder_);
  ASSERT_TRUE(first.ok()) << first.error().message;
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->reveal(), second->reveal());
  struct stat info {};
  ASSERT_EQ(stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  EXPECT_EQ(info.st_size, 32);
  unsigned files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) files += entry.is_regular_file();
  EXPECT_EQ(files, 1u);  // nothing is left beside it
}

TEST_F(KeyTest, ReadableOrDamagedKeyFilesAreRefused) {
  ASSERT_TRUE(open_master_key(folder_).ok());
  chmod(file_.c_str(), 0644);
  const auto readable = open_master_key(folder_);
  ASSERT_FALSE(readable.ok());
  EXPECT_NE(readable.error().message.find("chmod 600"), std::string::npos);
  chmod(file_.c_str(), 0600);
  std::filesystem::resize_file(file_, 31);
  EXPECT_FALSE(open_master_key(folder_).ok());
  std::filesystem::remove(file_);
  std::filesystem::create_symlink("/dev/zero", file_);
  EXPECT_FALSE(open_master_key(folder_).ok());
  EXPECT_FALSE(open_master_key(folder_ + "/nowhere").ok());
}

TEST_F(KeyTest, EveryAgentHasItsOwnKeyAndSeed) {
  Bytes32 bytes{};
  const SecretKey master = SecretKey::take(bytes), other = SecretKey::random();
  std::set<Bytes32> keys;
  std::set<uint64_t> seeds;
  for (uint32_t agent = 0; agent < 256; ++agent) {
    keys.insert(agent_key(master, agent).reveal());
    keys.insert(agent_key(other, agent).reveal());
    seeds.insert(agent_seed(master, 1, agent));
    seeds.insert(agent_seed(master, 2, agent));
    EXPECT_EQ(agent_key(master, agent).reveal(), agent_key(master, agent).reveal());
  }
  EXPECT_EQ(keys.size(), 512u);
  EXPECT_EQ(seeds.size(), 512u);
  EXPECT_FALSE(keys.contains(master.reveal()));
}

TEST_F(KeyTest, TakingWipesTheSource) {
  Bytes32 bytes;
  bytes.fill(7);
  const SecretKey key = SecretKey::take(bytes);
  EXPECT_EQ(bytes, Bytes32{});
  EXPECT_EQ(key.data()[31], 7);
  static_assert(!std::is_copy_constructible_v<SecretKey> && !std::is_copy_assignable_v<SecretKey>);
}

TEST_F(KeyTest, APassphraseGivesTheSameKeyAgainAndAnotherIsNoticed) {
  write_secret("correct horse battery staple\n");
  const auto first = by_passphrase(), second = by_passphrase();
  ASSERT_TRUE(first.ok()) << first.error().message;
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(first->reveal(), second->reveal());
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_FALSE(open_master_key(folder_).ok());  // a passphrase it stays
  write_secret("incorrect horse\n");
  const auto wrong = by_passphrase();
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("passphrase"), std::string::npos);
  for (const char* bad : {"", "\n", "short"}) {
    write_secret(bad);
    EXPECT_FALSE(by_passphrase().ok()) << bad;
  }
  write_secret("correct horse battery staple");
  EXPECT_TRUE(by_passphrase().ok());
  std::filesystem::resize_file(folder_ + "/master.salt", 40);
  EXPECT_FALSE(by_passphrase().ok());
  chmod((folder_ + "/passphrase").c_str(), 0644);
  EXPECT_FALSE(by_passphrase().ok());
}

}  // namespace
}  // namespace sotto::contest
