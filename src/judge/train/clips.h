// SPDX-License-Identifier: Apache-2.0
// Training clips as tools/render_corpus.mjs writes them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace sotto::judge::train {

inline constexpr uint32_t kClipSamples = 80000;
inline constexpr int kFolds = 5;

struct Clip {
  std::string kind;  // human, mutant1, mutant3, mutant6, shuffled, random, shifts, idioms, and what examples.h adds
  int song = -1;     // what a human clip, its mutants and its shuffled clip have in common; -1: made from no song
  uint32_t rate = 0;
  double second = 0;
  int author = -1, group = -1;
  int stars = -1;      // -1: nobody rated it
  bool extra = false;  // only trained on
  int fold = -1;       // -1: of a family that touches every fold, never measured on
  std::vector<uint8_t> samples;
  bool human() const { return kind == "human"; }
};

struct Clips {
  std::vector<Clip> list;
  Bytes32 digest = {};  // d = keccak256(d, header line, samples) over all clips, from 32 zero bytes
};

Result<Clips> read_clips(const std::string& path);

}  // namespace sotto::judge::train
