// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/campaign.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "contest/mind/benchmark/report.h"
#include "contest/mind/benchmark/sound_map.h"
#include "contest/mind/testing.h"

namespace sotto::contest {
namespace {

Campaign campaign(unsigned threads, uint64_t songs = 60) {
  return {{std::begin(kSearches), std::end(kSearches)}, songs, 3, threads, [] { return false; },
          [](const Trial&) { return ok_status(); }};
}

Ledger empty_ledger() {
  return {judge::judge_digest(toy_judge().network()),
          judge::max_score(toy_judge().network()),
          toy_judge().network().score_unit,
          32,
          {}};
}

Ledger run(const Campaign& c, Ledger ledger = empty_ledger()) {
  const Status done = run_campaign(c, toy_judge(), kToySize, ledger);
  EXPECT_TRUE(done.ok()) << done.error().message;
  return ledger;
}

// Everything but the time it took.
void expect_same(const Ledger& a, const Ledger& b) {
  ASSERT_EQ(a.trials.size(), b.trials.size());
  for (size_t i = 0; i < a.trials.size(); ++i) {
    const Trial &x = a.trials[i], &y = b.trials[i];
    EXPECT_EQ(x.search, y.search);
    EXPECT_EQ(x.seed, y.seed);
    EXPECT_EQ(x.trail, y.trail);
    ASSERT_EQ(x.milestones.size(), y.milestones.size());
    for (size_t k = 0; k < x.milestones.size(); ++k) {
      EXPECT_EQ(x.milestones[k].songs, y.milestones[k].songs);
      EXPECT_EQ(x.milestones[k].best, y.milestones[k].best);
      EXPECT_EQ(x.milestones[k].instructions, y.milestones[k].instructions);
      EXPECT_DOUBLE_EQ(x.milestones[k].quality, y.milestones[k].quality);
      EXPECT_DOUBLE_EQ(x.milestones[k].coverage, y.milestones[k].coverage);
    }
    ASSERT_EQ(x.records.size(), y.records.size());
    for (size_t k = 0; k < x.records.size(); ++k) EXPECT_EQ(x.records[k].songs, y.records[k].songs);
  }
}

class CampaignFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("sotto-campaign-") + test->name() + "-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    file_ = folder_ / "results.json";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
  std::string file_;
};

TEST_F(CampaignFile, SameSeedSameSongsOnAnyNumberOfThreads) {
  const Ledger one = run(campaign(1)), three = run(campaign(3));
  EXPECT_EQ(one.trials.size(), 12u);
  expect_same(one, three);
  std::set<uint64_t> trails;
  for (const Trial& t : one.trials) EXPECT_TRUE(trails.insert(t.trail).second);  // no two searches share their luck
}

TEST_F(CampaignFile, InterruptedGoesOn) {
  Ledger partial = empty_ledger();
  Campaign stopping = campaign(1);
  unsigned finished = 0;
  stopping.stop = [&] { return finished >= 5; };
  stopping.finished = [&](const Trial&) { return ++finished, write_ledger(file_, partial); };
  const Status done = run_campaign(stopping, toy_judge(), kToySize, partial);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().kind, ErrorKind::kInterrupted);
  Ledger read = empty_ledger();
  auto trials = read_trials(file_, read);
  ASSERT_TRUE(trials.ok()) << trials.error().message;
  EXPECT_EQ(trials->size(), 5u);
  read.trials = std::move(*trials);
  expect_same(run(campaign(2), read), run(campaign(1)));
}

TEST_F(CampaignFile, LongerTrialsTakeThePlaceOfShorterOnes) {
  const Ledger longer = run(campaign(1, 80), run(campaign(1, 20)));
  expect_same(longer, run(campaign(1, 80)));
  expect_same(run(campaign(1, 20), longer), longer);
}

TEST_F(CampaignFile, ForeignResultsAreRefused) {
  Ledger ledger = run(campaign(1, 20));
  ASSERT_TRUE(write_ledger(file_, ledger).ok());
  Ledger other = empty_ledger();
  EXPECT_TRUE(read_trials(file_, other).ok());
  other.slots = 64;
  EXPECT_FALSE(read_trials(file_, other).ok());
  other = empty_ledger();
  other.judge[0] ^= 1;
  EXPECT_FALSE(read_trials(file_, other).ok());
  for (const char* text : {"", "[]", "{", "{\"judge\":1}", "{\"judge\":\"0x00\",\"slots\":32,\"trials\":[]}"}) {
    ASSERT_TRUE(
        write_file_atomically(file_, {reinterpret_cast<const uint8_t*>(text), std::string_view(text).size()}).ok());
    EXPECT_FALSE(read_trials(file_, empty_ledger()).ok()) << text;
  }
  // A trial of an evolver that searched otherwise.
  ledger.trials.front().trail ^= 1;
  EXPECT_FALSE(run_campaign(campaign(1, 40), toy_judge(), kToySize, ledger).ok());
}

TEST(Trial, MilestonesHoldThePowersOfTen) {
  const auto at = milestones_up_to(25000);
  const std::set<uint64_t> set(at.begin(), at.end());
  EXPECT_EQ(set.size(), at.size());
  EXPECT_TRUE(std::is_sorted(at.begin(), at.end()));
  for (const uint64_t songs : {1, 10, 100, 1000, 10000, 25000}) EXPECT_TRUE(set.contains(songs));
  EXPECT_EQ(at.back(), 25000u);
  EXPECT_EQ(milestones_up_to(1), std::vector<uint64_t>{1});
}

TEST(SoundMap, CountsKindsAndKeepsTheirBest) {
  std::vector<uint8_t> low(80000), high(80000), gated(80000);
  for (size_t t = 0; t < low.size(); ++t) {
    low[t] = t / 100 % 2 ? 255 : 0;
    high[t] = t / 3 % 2 ? 255 : 0;
    gated[t] = t / 4000 % 2 ? low[t] : 0;
  }
  EXPECT_NE(SoundMap::cell(low), SoundMap::cell(high));
  EXPECT_NE(SoundMap::cell(low), SoundMap::cell(gated));
  EXPECT_LT(SoundMap::cell(std::vector<uint8_t>(80000, 3)), SoundMap::kSide * SoundMap::kSide);
  SoundMap map;
  EXPECT_EQ(map.coverage(), 0);
  for (const uint32_t score : {10u, 30u, 20u}) map.add(low, score);
  EXPECT_DOUBLE_EQ(map.coverage(), 1.0 / 256);
  EXPECT_DOUBLE_EQ(map.quality(100), 0.3 / 256);
  map.add(high, 50);
  EXPECT_DOUBLE_EQ(map.quality(100), 0.8 / 256);
}

// A ledger of made-up trials: the evolver 1 point better than the rest.
TEST(Report, SaysWhoIsAheadAndWhoIsNot) {
  Ledger ledger{{}, 1000, 100, 32, {}};
  for (const char* search : kSearches)
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      const uint32_t best = static_cast<uint32_t>(500 + seed * 5 + (search == std::string(kSearches[0]) ? 100 : 0));
      ledger.add({search, seed, 0, {{1000, 1, best, 5, 0.5, 0.25}}, {{10, 0.1, 400}, {900, 0.9, best}}});
    }
  const Report report = make_report(ledger, {std::begin(kSearches), std::end(kSearches)});
  ASSERT_EQ(report.rows.size(), 4u);
  const Row& evolver = report.rows.front();
  EXPECT_EQ(evolver.search, "evolver");
  EXPECT_EQ(evolver.seeds, 20u);
  EXPECT_NEAR(evolver.best.median, 6.525, 1e-9);
  EXPECT_EQ(evolver.by_best.comparison.superiority, 1);
  EXPECT_LT(evolver.by_best.comparison.p, 1e-6);
  EXPECT_EQ(evolver.by_quality.comparison.p, 1);
  const std::string table = as_markdown(report, 100);
  EXPECT_NE(table.find("ahead of genetic"), std::string::npos);
  EXPECT_NE(table.find("ties with genetic"), std::string::npos);
  for (const Reach& r : report.reaches) {
    if (r.score < 700) continue;
    EXPECT_EQ(r.reached, r.score == 700 && r.search == "evolver" ? 1u : 0u);
    EXPECT_FALSE(r.median.has_value());
  }
}

}  // namespace
}  // namespace sotto::contest
