// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/temporary_folder.h"
#include "contest/bus/credentials.h"

namespace sotto::contest {
namespace {

class ConfigTest : public testing::Test {
 protected:
  const TemporaryFolder temporary_{"sotto-config"};

  ConfigTest() {
    root_ = temporary_.path();
    config.folder = root_ + "/bus";
    config.teams = {"red", "blue"};
  }
  static std::string read(const std::string& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }
  static mode_t mode(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777;
  }
  ErrorKind refusal() {
    const auto written = write_bus_config(config);
    EXPECT_FALSE(written.ok());
    return written.ok() ? ErrorKind::kRejected : written.error().kind;
  }

  std::string root_;
  BusConfig config;
};

TEST_F(ConfigTest, WritesAccountsAndCredentialsForTheOwnerOnly) {
  const auto written = write_bus_config(config);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(mode(config.folder), 0700u);
  EXPECT_EQ(mode(written->server_file), 0600u);
  ASSERT_EQ(written->credential_files.size(), 4u);
  const std::string server = read(written->server_file);
  std::set<std::string> passwords, inboxes;
  for (const std::string& file : written->credential_files) {
    EXPECT_EQ(mode(file), 0600u);
    const auto c = read_credentials(file);
    ASSERT_TRUE(c.ok()) << c.error().message;
    EXPECT_EQ(c->user.substr(0, c->user.find('-')), c->team);
    EXPECT_EQ(c->password.size(), 64u);
    EXPECT_NE(server.find(c->password), std::string::npos);
    EXPECT_NE(server.find("\"" + c->inbox + ".>\""), std::string::npos);
    EXPECT_TRUE(c->rivals);
    EXPECT_FALSE(c->one_operator);
    passwords.insert(c->password), inboxes.insert(c->inbox);
  }
  EXPECT_EQ(passwords.size(), 4u);
  EXPECT_EQ(inboxes.size(), 4u);
  EXPECT_NE(server.find("listen: \"127.0.0.1:4222\""), std::string::npos);
  for (const char* denied : {"$JS.API.ACCOUNT.PURGE.>", "$JS.API.SERVER.>", "$JS.API.ACCOUNT.STREAM.>", "$JS.API.META.>", "$JS.API.STREAM.RESTORE.>"}) {
    size_t count = 0;
    for (size_t at = server.find(denied); at != std::string::npos; at = server.find(denied, at + 1)) ++count;
    EXPECT_EQ(count, 4u) << denied;  // once per user
  }
  EXPECT_NE(server.find("{ stream: { account: TEAM_blue, subject: \"public.>\" }, prefix: \"from.blue\" }"), std::string::npos);
}

TEST_F(ConfigTest, OneTeamHasNoRivals) {
  config.teams = {"red"};
  const auto written = write_bus_config(config);
  ASSERT_TRUE(written.ok());
  EXPECT_FALSE(read_credentials(written->credential_files[0])->rivals);
}

TEST_F(ConfigTest, NeverOverwrites) {
  ASSERT_TRUE(write_bus_config(config).ok());
  EXPECT_EQ(refusal(), ErrorKind::kInput);
}

TEST_F(ConfigTest, ListensElsewhereOnlyEncrypted) {
  config.listen = "0.0.0.0:4222";
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  config.tls_cert = "cert.pem";
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  config.tls_key = "key.pem";
  const auto written = write_bus_config(config);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_NE(read(written->server_file).find("tls: { cert_file: \"/"), std::string::npos);
  config.folder += "2", config.tls_cert.clear(), config.tls_key.clear(), config.plain = true;
  EXPECT_TRUE(write_bus_config(config).ok());
}

TEST_F(ConfigTest, OddWishesAreRefused) {
  const BusConfig good = config;
  config.teams = {};
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  config.teams = {"red", "red"};
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  config.teams = {"red", "a.b"};
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  config = good, config.nodes = 0;
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  config = good, config.listen = "127.0.0.1:99999";
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  config = good, config.listen = "127.0.0.1:1\" authorization: {}";
  EXPECT_EQ(refusal(), ErrorKind::kUsage);
  EXPECT_FALSE(std::filesystem::exists(good.folder));
}

TEST_F(ConfigTest, CredentialsThatOthersCanReadAreRefused) {
  const auto written = write_bus_config(config);
  ASSERT_TRUE(written.ok());
  const std::string& file = written->credential_files[0];
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(read_credentials(file).error().kind, ErrorKind::kInput);
  EXPECT_FALSE(read_credentials(root_ + "/none").ok());
}

TEST(Credentials, BrokenOnesAreRefusedAndOddOnesReadCarefully) {
  const Credentials good{"red", "red-1", "p", "_INBOX.x", false, true, ""};
  const auto c = parse_credentials(credentials_text(good));
  ASSERT_TRUE(c.ok());
  EXPECT_FALSE(c->rivals);
  EXPECT_TRUE(c->one_operator);
  for (const char* text : {"", "[]", "{}", "{\"sotto_bus\":2}", "{\"sotto_bus\":1,\"team\":\"a b\"}",
                           R"({"sotto_bus":1,"team":"a","user":"u","password":"","inbox":"_INBOX.x"})",
                           R"({"sotto_bus":1,"team":"a","user":"u","password":"p","inbox":"_INBOX.>"})",
                           R"({"sotto_bus":1,"team":"a","user":"u","password":7,"inbox":"_INBOX.x"})"})
    EXPECT_EQ(parse_credentials(text).error().kind, ErrorKind::kInput) << text;
  const auto bare = parse_credentials(R"({"sotto_bus":1,"team":"a","user":"u","password":"p","inbox":"_INBOX.x","rivals":0,"one_operator":"yes"})");
  ASSERT_TRUE(bare.ok());
  EXPECT_TRUE(bare->rivals);
  EXPECT_FALSE(bare->one_operator);
}

}  // namespace
}  // namespace sotto::contest
