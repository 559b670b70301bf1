// SPDX-License-Identifier: Apache-2.0
// What is trained and measured on: the features of every clip, and of negatives that are made here.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "judge/net/network.h"
#include "judge/train/clips.h"

namespace sotto::judge::train {

struct Example {
  std::vector<uint16_t> features;  // L, [frames][bands]
  std::string kind;
  int song = -1, author = -1, group = -1, stars = -1, fold = -1;
  uint32_t rate = 0;
  double second = 0;
  bool extra = false;
  float target = 0;              // how human: 1 of people, 0 of what is made; of an evolved song what is thought of it
  std::vector<uint8_t> samples;  // what it sounds like, for clips that start elsewhere
  const Example* whole = nullptr;  // what a cut copy was made of
  bool human() const { return kind == "human"; }
  bool mutant() const { return kind.starts_with("mutant"); }
  bool cut() const { return kind == "cut" || kind == "shuffled" || kind == "looped"; }
};

// Takes the samples of the clips away. Adds, from a fixed seed: "shuffled" (only trained on: blocks of 1/16 to 2 s of
// the human clips in random order), "looped" (the first half second to two seconds of a human clip, repeated), "tune"
// (a saw over a few notes), "program" (random expressions in Sotto's own language, at 8 kHz), "plain" (silence, tones,
// noise).
std::vector<Example> make_examples(const Network& front_end, Clips clips);

Example example_of(const Network& front_end, const std::string& kind, const std::vector<uint8_t>& samples);

// Copies of the clips that are whole, with their blocks in random order or their first bar repeated, kind "cut": three
// of each human clip, one of every other; of shuffled, looped and plain clips, and where nothing would be heard of it,
// none.
std::vector<Example> cut_copies(const Network& front_end, const std::vector<const Example*>& clips);

// Author and group of what is held out and of what is trained on are disjoint. Fold -1 holds nothing out.
struct Split {
  std::vector<const Example*> held, trained;
};
Split split(const std::vector<Example>& examples, int fold);
// Trained on the songs of that share of the authors only.
Split with_fewer_authors(Split split, double share);

}  // namespace sotto::judge::train
