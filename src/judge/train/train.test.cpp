// SPDX-License-Identifier: Apache-2.0
// `sotto-train train` from end to end, small: the same clips and seed give the same judge, bit for bit, in one go or
// resumed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"
#include "judge/net/network.h"
#include "judge/net/scorer.h"

namespace sotto::judge::train {
namespace {

constexpr int kSongs = 80, kAuthors = 20, kFolds = 5;
constexpr size_t kSamples = 80000;

// In the place of the agents' search: songs that depend on the seed. Where it finds a file "mortal" it ends the
// trainer, once, in the search after the second epoch.
constexpr const char* kSearch = R"(#!/bin/sh
# judge attack FILE --evaluations N --seed S --songs OUT
test -s "$3" || exit 1
case "$9" in *.epoch2.*) rm "${0%search}mortal" 2>/dev/null && kill -9 $PPID && exit 1 ;; esac
for n in 1 2 3; do echo "{\"code\":\"t*(t>>$n&$7)\",\"mode\":\"Bytebeat\",\"sample_rate\":8000}"; done > "$9"
)";

class Train : public testing::Test {
 protected:
  Train() {
    std::ofstream clips(folder_.path() + "/clips.bin", std::ios::binary);
    for (int song = 0; song < kSongs; song++)
      for (const char* kind : {"human", "mutant3", "shuffled", "random"}) write_clip(clips, kind, song);
    std::ofstream(folder_.path() + "/search") << kSearch;
    std::filesystem::permissions(folder_.path() + "/search", std::filesystem::perms::owner_all);
  }
  static void write_clip(std::ostream& out, const std::string& kind, int song) {
    const int author = song % kAuthors;
    out << kind << "\ttrain\t" << song << "\t8000\t0\t" << author << '\t' << author << "\t1\tbase\t" << author % kFolds
        << "\t1.000\n";
    const Bytes samples = clip(song, kind);
    out.write(reinterpret_cast<const char*>(samples.data()), kSamples);
  }
  static Bytes clip(int song, const std::string& kind) {
    const size_t noise = kind == "human" ? 1 : 37 * kind.size();
    Bytes samples(kSamples);
    for (size_t t = 0; t < kSamples; t++)
      samples[t] =
          static_cast<uint8_t>((t * static_cast<size_t>(1 + song % 9) >> (t / 4000 % 4)) ^ (t * t * noise >> 9));
    return samples;
  }
  int train(const std::string& name, const std::string& more) const {
    const std::string at = folder_.path() + "/";
    std::string command = std::string(SOTTO_TRAINER) + " train --clips " + at + "clips.bin --work " + at + name +
                          " --judge " + at + name + ".judge --card " + at + name + ".md " + more;
    const std::pair<const char*, std::string> small[] = {
        {"--search", at + "search"}, {"--channels", "6,6,6"}, {"--members", "2"},      {"--folds", "2"},
        {"--curve", "no"},           {"--epochs", "3"},       {"--first-attack", "1"}, {"--search-evaluations", "10"},
        {"--evaluations", "1000"}};
    for (const auto& [option, value] : small)  // where the test does not say it
      if (more.find(std::string(option) + " ") == std::string::npos) command += std::string(" ") + option + " " + value;
    return std::system((command + " >/dev/null 2>&1").c_str());
  }
  Bytes net(const std::string& name, int member) const {
    return read_file(folder_.path() + "/" + name + "/ear-20k.fold0." + std::to_string(member)).value();
  }
  Bytes judge(const std::string& name) const { return read_file(folder_.path() + "/" + name + ".judge").value(); }
  const TemporaryFolder folder_{"train_test"};
};

TEST_F(Train, SameClipsAndSeedSameJudge) {
  ASSERT_EQ(train("one", "--seeds 1"), 0);
  ASSERT_TRUE(decode_judge(judge("one")).ok());
  // Another run, half of whose networks are there already.
  std::filesystem::create_directories(folder_.path() + "/two");
  for (const char* kept : {"ear-20k.fold0.0", "ear-20k.fold1.0"})
    std::filesystem::copy_file(folder_.path() + "/one/" + kept, folder_.path() + "/two/" + kept);
  ASSERT_EQ(train("two", "--seeds 1 --jobs 2"), 0);
  EXPECT_EQ(judge("one"), judge("two"));
  ASSERT_EQ(train("three", "--seeds 1 --seed 2"), 0);
  EXPECT_NE(judge("one"), judge("three"));
}

TEST_F(Train, KilledAndResumedSameJudge) {
  ASSERT_EQ(train("one", "--seeds 0"), 0);
  std::ofstream(folder_.path() + "/mortal").close();
  ASSERT_NE(train("two", "--seeds 0"), 0);
  ASSERT_FALSE(std::filesystem::exists(folder_.path() + "/mortal"));
  ASSERT_TRUE(std::filesystem::exists(folder_.path() + "/two/ear-20k.fold0.0.checkpoint"));  // of the first epoch
  ASSERT_FALSE(std::filesystem::exists(folder_.path() + "/two/ear-20k.fold0.0"));
  ASSERT_EQ(train("two", "--seeds 0"), 0);
  EXPECT_EQ(judge("one"), judge("two"));
}

TEST_F(Train, ClipsThatStartElsewhereAndLayersThatLeaveNothingOut) {
  std::ofstream(folder_.path() + "/lessons.songs")
      << R"({"code":"t&t>>9","mode":"Bytebeat","sample_rate":8000})" << '\n';
  const std::string more =
      "--members 1 --seeds 0 --start-samples 8191 --speed 0.04 --dense-from 1 --last-gain 3 --late-frames 0 "
      "--lessons " +
      folder_.path() + "/lessons.songs";
  ASSERT_EQ(train("one", more), 0);
  const auto net = decode_judge(judge("one"));
  ASSERT_TRUE(net.ok());
  EXPECT_EQ(net->conv[1].out_channels, 2 * net->conv[0].out_channels);
  ASSERT_EQ(train("two", more + " --hop-bits 9"), 0);
  EXPECT_EQ(decode_judge(judge("two")).value().frames, 155u);
}

TEST_F(Train, AMemberThatHearsSumsOnly) {
  const std::string more = "--seeds 0 --fold-members 2 --summaries 1 --hidden 5";
  ASSERT_EQ(train("one", more), 0);
  ASSERT_EQ(train("two", more + " --jobs 2"), 0);
  EXPECT_EQ(judge("one"), judge("two"));
  const auto net = decode_judge(judge("one"));
  ASSERT_TRUE(net.ok());
  EXPECT_EQ(net->conv[2].out_channels, 32u);  // 5 and 6, and silent ones up to a round number
  EXPECT_NE(train("three", "--seeds 0 --fold-members 1 --summaries 2"), 0);
  EXPECT_NE(train("four", more + " --hop-bits 9"), 0);
}

TEST_F(Train, OptionsByMember) {
  const std::string more = "--seeds 0 --fold-members 2 ";
  ASSERT_EQ(train("one", more + "--pair-weight 0,0.1 --late-frames 8,0"), 0);
  // The first member is the same whatever the second is told; the second is not.
  for (const char* other : {"--pair-weight 0,0.1 --late-frames 8,0 --splices 0,1",
                            "--pair-weight 0,0.2 --late-frames 8,0", "--pair-weight 0,0.1 --late-frames 8,4"}) {
    ASSERT_EQ(train("two", more + other), 0);
    EXPECT_EQ(net("one", 0), net("two", 0)) << other;
    EXPECT_NE(net("one", 1), net("two", 1)) << other;
    std::filesystem::remove_all(folder_.path() + "/two");
  }
  for (const char* wrong : {"--splices 2", "--splices 0,1 --start-samples 8", "--pair-weight 0,-1", "--epochs many",
                            "--epochs 0", "--weights 1,2,3", "--evaluations 20,10"})
    EXPECT_EQ(WEXITSTATUS(train("three", more + wrong)), 2) << wrong;
}

TEST_F(Train, AMemberThatHearsSplices) {
  const std::string more = "--seeds 0 --fold-members 3 --members 3 --splices 0,1,0 --mentor 0.8";
  ASSERT_EQ(train("one", more), 0);
  ASSERT_EQ(train("two", more + " --jobs 2"), 0);
  EXPECT_EQ(judge("one"), judge("two"));
  // No search attacks it, those before and after it are attacked.
  for (const auto& [member, attacked] : {std::pair{0, true}, {1, false}, {2, true}})
    EXPECT_EQ(
        std::filesystem::exists(folder_.path() + "/one/ear-20k.fold0." + std::to_string(member) + ".epoch1.0.songs"),
        attacked);
}

// In what is no song, too: only copies of those clips say so.
TEST_F(Train, WhatHearsSplicesHearsThem) {
  ASSERT_EQ(train("one", "--members 1 --folds 1 --searches 0 --seeds 0 --splices 1 --epochs 200 --channels 12,12,12"),
            0);
  const Network net = decode_judge(judge("one")).value();
  const Scorer scorer(net);
  constexpr std::ptrdiff_t kBlock = 1900;
  int told = 0, songs = 0;
  for (int song = 0; song < kSongs; song += kFolds, songs++) {  // of fold 0, which it has not seen
    const Bytes whole = clip(song, "random");
    Bytes cut = whole;
    for (auto at = cut.begin(); cut.end() - at >= 2 * kBlock; at += 2 * kBlock)  // every two blocks change places
      std::swap_ranges(at, at + kBlock, at + kBlock);
    told += scorer.head(whole) > scorer.head(cut);
  }
  EXPECT_GE(told, songs * 7 / 8) << "of " << songs;
}

TEST_F(Train, AMentorTeaches) {
  ASSERT_EQ(train("one", "--seeds 0 --mentor 0.8 --attack-every 2"), 0);
  ASSERT_EQ(train("two", "--seeds 0 --mentor 0.8 --attack-every 2 --jobs 2"), 0);
  EXPECT_EQ(judge("one"), judge("two"));
  ASSERT_EQ(train("three", "--seeds 0 --attack-every 2"), 0);
  EXPECT_NE(judge("one"), judge("three"));
  EXPECT_NE(train("four", "--seeds 0 --mentor 2"), 0);
  EXPECT_NE(train("five", "--seeds 0 --mentor 0.8 --hop-bits 9"), 0);
}

TEST_F(Train, SaysThatTheSearchIsMissing) { EXPECT_NE(train("one", "--seeds 0 --search /nowhere/sotto"), 0); }

}  // namespace
}  // namespace sotto::judge::train
