// SPDX-License-Identifier: Apache-2.0
// The trees that judge a clip have not seen its author.
#include "judge/train/mentor.h"

#include <gtest/gtest.h>

#include <random>

#include "judge/eval/metrics.h"

namespace sotto::judge::train {
namespace {

constexpr size_t kFrames = 311, kBands = 48;
constexpr int kAuthors = 40, kClips = 6;

// Every author has a spectrum of their own, and chance says whether all of their clips are people's: who has seen the
// author knows, nobody else can.
std::vector<Example> clips_of_authors(uint64_t seed) {
  std::mt19937_64 authors(1), clips(seed);
  std::vector<Example> out;
  for (int author = 0; author < kAuthors; author++) {
    std::vector<uint16_t> spectrum(kBands);
    for (uint16_t& l : spectrum) l = static_cast<uint16_t>(200 + authors() % 300);
    const bool people = authors() % 2 == 0;
    for (int i = 0; i < kClips; i++) {
      Example e;
      for (size_t j = 0; j < kFrames * kBands; j++)
        e.features.push_back(static_cast<uint16_t>(spectrum[j % kBands] + clips() % 20));
      e.kind = people ? "human" : "mutant3";
      e.author = e.group = author, e.song = author * kClips + i;
      out.push_back(std::move(e));
    }
  }
  return out;
}

// Of people's clips against the others, by the mentor's opinion.
double auc_of(const Mentor& mentor, const std::vector<Example>& clips) {
  std::vector<double> people, others;
  for (const Example& e : clips) (e.human() ? people : others).push_back(mentor.opinion(e).value());
  return judge::auc(people, others);
}

TEST(Mentor, HasNotSeenTheAuthorOfAClip) {
  const std::vector<Example> clips = clips_of_authors(1);
  std::vector<const Example*> learned;
  for (const Example& e : clips) learned.push_back(&e);
  const auto mentor = Mentor::learn(learned, kBands, 1);
  ASSERT_TRUE(mentor.ok());
  EXPECT_LT(auc_of(*mentor, clips), 0.75);
  // Of other clips three of four parts have seen the author: they know.
  EXPECT_GT(auc_of(*mentor, clips_of_authors(2)), 0.95);
}

}  // namespace
}  // namespace sotto::judge::train
