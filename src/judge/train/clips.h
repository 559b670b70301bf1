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

// kTest is held out. kValid serves to choose the settings; kKin would link it to kTrain, and waits until they are chosen.
enum class Side { kTrain, kValid, kKin, kTest };

struct Clip {
  std::string kind;  // human, mutant1, mutant3, mutant6, shuffled, random, idioms, plain
  Side side = Side::kTrain;
  int song = -1;     // what a human clip, its mutants and its shuffled clip have in common; -1: made from no song
  uint32_t rate = 0;
  std::vector<uint8_t> samples;
  bool human() const { return kind == "human"; }
};

struct Clips {
  std::vector<Clip> list;
  Bytes32 digest = {};  // d = keccak256(d, header line, samples) over all clips, from 32 zero bytes
};

// Of the clips of no song that are not held out, every eighth goes to the validation side.
Result<Clips> read_clips(const std::string& path);

}  // namespace sotto::judge::train
