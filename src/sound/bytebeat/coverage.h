// SPDX-License-Identifier: Apache-2.0
// How much of what people wrote Sotto accepts, and how much of it sounds as it does under JavaScript.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "sound/bytebeat/program.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {

// A song of a corpus of human bytebeats.
struct CorpusSong {
  std::string id, code;
  bool classic = false;   // tagged as runnable as C, too
  size_t characters = 0;
  std::string sha256;     // of the 80,000 bytes v & 255 under JavaScript, in hex; empty where there is no reference
};

struct SongCoverage {
  bool compiles = false;
  unsigned slots = 0;           // the smallest class that holds it, with at most kCoverageTable table entries; 0: none
  bool exact = false;           // every sample is JavaScript's
  bool near = false;            // at least 99 % are
  bool random = false;          // it calls random(): no two plays under JavaScript are alike, so it is neither
  std::string reason;           // why it cannot be proved; empty where it can
};

inline constexpr unsigned kCoverageTable = 64;

SongCoverage measure_song(const CorpusSong& song);

// Sums over a population. Random, exact and near are counted among the songs that fit 64 slots.
struct Coverage {
  unsigned songs = 0, compiles = 0, fits16 = 0, fits32 = 0, fits64 = 0, random = 0, exact = 0, near = 0;
  // Of which exact and near are shares: songs that fit and have one sound under JavaScript.
  unsigned comparable() const { return fits64 - random; }
  void add(const SongCoverage& song);
};

struct CoverageReport {
  Coverage classic, le64, le256, all;
  std::map<std::string, unsigned> reasons;  // of songs that do not fit 64 slots
  void add(const CorpusSong& song, const SongCoverage& coverage);
};

std::string sha256_hex(const Samples& samples);

// An error message without what differs from song to song: position, names, numbers.
std::string general_reason(std::string_view message);

}  // namespace sotto::sound
