// SPDX-License-Identifier: Apache-2.0
// Human songs to measure a judge on.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

namespace sotto::judge {

struct CorpusSong {
  std::string id, author, group;  // author and group may be empty: unknown
  std::string code;
  sound::SampleMode mode = sound::SampleMode::kBytebeat;
  unsigned sample_rate = sound::kSampleRate;
  std::optional<int> rating;      // stars of the library's moderators
};

struct Corpus {
  std::vector<CorpusSong> songs;
  size_t left_out = 0;            // floating point, postfix, code kept elsewhere, sample rates out of range
};

// One JSON object per line (fields as in `sotto corpus`), or the library of Dollchan's composer: a JSON array of authors
// with their songs. Songs that are no bytebeat formula are left out and counted.
Result<Corpus> read_corpus(const std::string& path);
Result<Corpus> parse_corpus(std::string_view text, const std::string& name);

inline constexpr unsigned kMinRate = 1000, kMaxRate = 192000;  // samples per second

// Ten seconds at 8 kHz as a person would hear them: played at `rate`, then low-passed. Below 8 kHz samples are held.
sound::Samples render_at(const sound::Program& program, unsigned rate);

}  // namespace sotto::judge
