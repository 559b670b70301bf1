// SPDX-License-Identifier: Apache-2.0
// What a student learns from: songs of people, their mutants and shuffled copies, random programs, and whatever else is
// named. Ten seconds each, as a judge hears them.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "sound/bytebeat/render.h"

namespace sotto::judge::teacher {

struct PoolClip {
  std::string kind;  // human, shuffled, mutant1, mutant3, mutant6, random, extra, evolved
  bool held_out = false;
  sound::Samples samples;
};

struct PoolOptions {
  std::string corpus;              // as `sotto judge eval` reads it
  std::vector<std::string> extra;  // files of programs (as the corpus) or folders of recordings
  size_t songs = 0;                // of the corpus, at most; 0: all
  uint64_t seed = 1;
};

// Deterministic. All clips of an author (of a group, of a file) are held out together, a fifth of all authors.
Result<std::vector<PoolClip>> make_pool(const PoolOptions& options);

// Whether the family of this name is held out.
bool is_held_out(const std::string& family);

}  // namespace sotto::judge::teacher
