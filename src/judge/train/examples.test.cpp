// SPDX-License-Identifier: Apache-2.0
// Cut copies, of which a network learns to hear splices.
#include "judge/train/examples.h"

#include <gtest/gtest.h>

#include <map>

#include "judge/train/front_end.h"

namespace sotto::judge::train {
namespace {

// A note of its own every half second, louder every two and a half: no two blocks sound alike.
std::vector<uint8_t> rising() {
  std::vector<uint8_t> out(kClipSamples);
  for (size_t t = 0; t < out.size(); t++)
    out[t] = static_cast<uint8_t>((t * (3 + t / 4000 % 20) & 127) * (t / 20000 + 1) / 4);
  return out;
}
std::vector<uint8_t> steady() {
  std::vector<uint8_t> out(kClipSamples);
  for (size_t t = 0; t < out.size(); t++) out[t] = static_cast<uint8_t>(t % 2 * 64);
  return out;
}

TEST(CutCopies, OfWholeClipsOnlyAndHeardToBeOthers) {
  const Network front_end = make_front_end(8);
  std::vector<Example> clips;
  for (const char* kind : {"human", "mutant3", "random", "shuffled", "looped", "plain"})
    clips.push_back(example_of(front_end, kind, rising()));
  clips.push_back(example_of(front_end, "shifts", steady()));  // a copy of it would be the same
  std::vector<const Example*> all;
  for (const Example& e : clips) all.push_back(&e);
  std::map<std::string, int> copies;
  for (const Example& cut : cut_copies(front_end, all)) {
    EXPECT_TRUE(cut.cut());
    EXPECT_EQ(cut.features.size(), cut.whole->features.size());
    EXPECT_NE(cut.features, cut.whole->features);
    copies[cut.whole->kind]++;
  }
  EXPECT_EQ(copies, (std::map<std::string, int>{{"human", 3}, {"mutant3", 1}, {"random", 1}}));
}

}  // namespace
}  // namespace sotto::judge::train
