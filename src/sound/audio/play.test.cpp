// SPDX-License-Identifier: Apache-2.0
#include "sound/audio/play.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace sotto::sound {
namespace {

TEST(Play, WithoutADeviceSaysSo) {
  setenv("PULSE_SERVER", "unix:/nonexistent/sotto-no-such-server", 1);
  const Status status = play({128, 128});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::kEnvironment);
  EXPECT_NE(status.error().message.find("cannot play: "), std::string::npos);
  EXPECT_NE(status.error().message.find("sotto render"), std::string::npos) << status.error().message;
}

}  // namespace
}  // namespace sotto::sound
