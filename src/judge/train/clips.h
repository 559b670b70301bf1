// SPDX-License-Identifier: Apache-2.0
// Training clips as tools/render_corpus.mjs writes them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::judge::train {

inline constexpr uint32_t kClipSamples = 80000;

struct Clip {
  std::string kind;  // human, mutant1, mutant3, mutant6, shuffled, random, idioms, plain
  bool test = false;
  int song = -1;     // what a human clip, its mutants and its shuffled clip have in common; -1: made from no song
  uint32_t rate = 0;
  std::vector<uint8_t> samples;
  bool human() const { return kind == "human"; }
};

Result<std::vector<Clip>> read_clips(const std::string& path);

}  // namespace sotto::judge::train
