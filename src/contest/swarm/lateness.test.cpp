// SPDX-License-Identifier: Apache-2.0
#include "contest/swarm/lateness.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "contest/swarm/resident.h"

namespace sotto::contest {
namespace {

TEST(Lateness, PercentilesOfAHundred) {
  Lateness late;
  EXPECT_EQ(late.percentile(99), 0u);
  for (uint32_t ms = 1; ms <= 100; ++ms) late.add(101 - ms);
  EXPECT_EQ(late.total(), 100u);
  EXPECT_EQ(late.percentile(50), 50u);
  EXPECT_EQ(late.percentile(99), 99u);
  EXPECT_EQ(late.max(), 100u);
  for (int i = 0; i < 200; ++i) late.add(5'000'000);  // far beyond the table
  EXPECT_EQ(late.percentile(50), 5'000'000u);
}

TEST(Resident, CountsThisProcessAndNoOther) {
  EXPECT_GT(resident_kib(getpid()), 1000u);
  EXPECT_EQ(resident_kib(-1), 0u);
}

}  // namespace
}  // namespace sotto::contest
