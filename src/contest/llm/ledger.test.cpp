// SPDX-License-Identifier: Apache-2.0
#include "contest/llm/ledger.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace sotto::contest {
namespace {

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : folder_(std::filesystem::path(testing::TempDir()) / ("sotto-ledger-" + std::to_string(::getpid()))) { std::filesystem::remove_all(folder_); }
  ~LedgerTest() override { std::filesystem::remove_all(folder_); }
  LlmLedger open(LlmCaps caps = {}) {
    auto ledger = LlmLedger::open(folder_.string(), caps);
    SOTTO_CHECK(ledger.ok());
    return std::move(*ledger);
  }
  static LlmUsage usage(uint64_t in, uint64_t out) {
    LlmUsage u;
    u.in = in;
    u.out = out;
    return u;
  }
  const std::filesystem::path folder_;
};

TEST_F(LedgerTest, ReservesAndSettles) {
  LlmLedger ledger = open();
  const auto r = ledger.reserve(3, "2026-11-22", {800, 2000});
  ASSERT_TRUE(r.ok());
  ASSERT_NE(r->id, 0);
  EXPECT_EQ(ledger.totals("2026-11-22").reserved.money, 800);
  ASSERT_TRUE(ledger.settle(r->id, 259, usage(1200, 278)).ok());
  const LedgerTotals t = ledger.totals("2026-11-22");
  EXPECT_EQ(t.reserved.money, 0);
  EXPECT_EQ(t.run.money, 259);
  EXPECT_EQ(t.day.money, 259);
  EXPECT_EQ(t.run.tokens, 1478u);
  EXPECT_EQ(t.calls, 1u);
  EXPECT_EQ(ledger.totals("2026-11-23").day.money, 0);
  EXPECT_EQ(ledger.of_agent(3).money, 259);
  EXPECT_EQ(ledger.of_agent(4).money, 0);
}

TEST_F(LedgerTest, CapsCountWhatIsReserved) {
  LlmCaps caps;
  caps.run = 1000;
  caps.agent = 600;
  LlmLedger ledger = open(caps);
  const auto first = ledger.reserve(1, "d", {400, 0});
  EXPECT_NE(first->id, 0);
  const auto second = ledger.reserve(1, "d", {201, 0});
  EXPECT_EQ(second->id, 0);
  EXPECT_FALSE(second->whole);
  EXPECT_NE(ledger.reserve(2, "d", {600, 0})->id, 0);  // exactly the cap
  const auto full = ledger.reserve(3, "d", {1, 0});
  EXPECT_EQ(full->id, 0);
  EXPECT_TRUE(full->whole);
  ASSERT_TRUE(ledger.settle(first->id, 0, {}).ok());
  EXPECT_NE(ledger.reserve(3, "d", {400, 0})->id, 0);  // what was not used is free again
}

TEST_F(LedgerTest, ADayCapEndsWithTheDay) {
  LlmCaps caps;
  caps.day = 500;
  LlmLedger ledger = open(caps);
  ASSERT_TRUE(ledger.settle(ledger.reserve(1, "2026-11-22", {500, 0})->id, 500, {}).ok());
  EXPECT_EQ(ledger.reserve(1, "2026-11-22", {1, 0})->id, 0);
  EXPECT_NE(ledger.reserve(1, "2026-11-23", {500, 0})->id, 0);
}

TEST_F(LedgerTest, SurvivesKillNine) {
  const pid_t child = ::fork();
  if (child == 0) {
    LlmLedger ledger = open();
    const auto settled = ledger.reserve(1, "2026-11-22", {800, 2000});
    (void)ledger.settle(settled->id, 250, usage(1000, 300));
    (void)ledger.reserve(1, "2026-11-22", {800, 2000});  // in flight
    (void)ledger.reserve(2, "2026-11-22", {700, 1500});
    (void)ledger.set_fact("dialect x", "y");
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  {
    LlmLedger ledger = open();
    const LedgerTotals t = ledger.totals("2026-11-22");
    EXPECT_EQ(t.run.money, 250 + 800 + 700);
    EXPECT_EQ(t.run.tokens, 1300u + 2000 + 1500);
    EXPECT_EQ(t.reserved.money, 0);
    EXPECT_EQ(t.calls, 3u);
    EXPECT_EQ(ledger.of_agent(1).money, 1050);
    EXPECT_EQ(ledger.fact("dialect x"), "y");
    EXPECT_EQ(ledger.fact("nothing"), "");
  }
  EXPECT_EQ(open().totals("2026-11-22").run.money, 1750);  // booked once
}

TEST_F(LedgerTest, OneAtATime) {
  const LlmLedger first = open();
  EXPECT_FALSE(LlmLedger::open(folder_.string(), {}).ok());
}

TEST_F(LedgerTest, SettledAtWorst) {
  LlmLedger ledger = open();
  ASSERT_TRUE(ledger.settle_worst(ledger.reserve(1, "d", {800, 2000})->id).ok());
  EXPECT_EQ(ledger.totals("d").run.money, 800);
  EXPECT_EQ(ledger.totals("d").run.tokens, 2000u);
}

}  // namespace
}  // namespace sotto::contest
