// SPDX-License-Identifier: Apache-2.0
#include "contest/bus/server_version.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace sotto::contest {
namespace {

ServerVersion version(const std::string& text) {
  const auto v = parse_server_version(text);
  if (!v) ADD_FAILURE() << text << ": " << v.error().message;
  return v.ok() ? *v : ServerVersion{};
}

TEST(ServerVersion, KnowsWhichServersHoldBetweenRivals) {
  for (const char* text : {"2.11.16", "2.11.17", "2.12.7", "2.12.15", "2.14.0", "2.15.2", "3.0.0"}) EXPECT_TRUE(version(text).sound()) << text;
  for (const char* text : {"2.9.10", "2.10.27", "2.11.1", "2.11.15", "2.12.0", "2.12.6", "2.14.0-RC.1", "1.4.1", "0.0.1"})
    EXPECT_FALSE(version(text).sound()) << text;
  EXPECT_EQ(version("2.14.0-RC.1").minor, 14u);
}

TEST(ServerVersion, RefusesWhatIsNone) {
  for (const char* text : {"", "2", "2.", "2.9", "2.9.", "v2.9.10", "2.9.x", "-1.2.3", "99999999999.1.1", "a.b.c"})
    EXPECT_FALSE(parse_server_version(text).ok()) << text;
}

TEST(ServerVersion, AdmitsByWhoIsThere) {
  std::string warning;
  EXPECT_TRUE(admit_server(version("2.11.16"), true, false, &warning).ok());
  EXPECT_TRUE(warning.empty());
  EXPECT_EQ(admit_server(version("2.9.10"), true, false, &warning).error().kind, ErrorKind::kEnvironment);
  EXPECT_TRUE(admit_server(version("2.9.10"), true, true, &warning).ok());
  EXPECT_NE(warning.find("2.9.10"), std::string::npos);
  EXPECT_TRUE(admit_server(version("2.12.3"), false, false, nullptr).ok());
}

TEST(BusUrl, IsTakenApart) {
  const auto e = parse_bus_url("nats://example.org:4333");
  ASSERT_TRUE(e.ok());
  EXPECT_EQ(e->host + "|" + e->port, "example.org|4333");
  EXPECT_FALSE(e->tls);
  EXPECT_EQ(parse_bus_url("tls://[::1]")->host, "::1");
  EXPECT_EQ(parse_bus_url("tls://[::1]")->port, "4222");
  EXPECT_TRUE(parse_bus_url("tls://h:1")->tls);
  for (const char* url : {"", "nats://", "http://x:1", "nats://u:p@h:1", "nats://h:0", "nats://h:99999", "nats://h:x", "nats://h/x", "h:4222"})
    EXPECT_EQ(parse_bus_url(url).error().kind, ErrorKind::kUsage) << url;
}

TEST(NatsServer, AnOddPathIsAnError) {
  EXPECT_FALSE(installed_server_version("/no/such/program").ok());
  EXPECT_FALSE(installed_server_version("/tmp/'; echo").ok());
  EXPECT_FALSE(installed_server_version("/bin/true").ok());
}

}  // namespace
}  // namespace sotto::contest
