// SPDX-License-Identifier: Apache-2.0
// Recordings of any format that libsndfile reads (WAV, FLAC, Ogg, …), as one channel of floats in [-1, 1].
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace sotto::sound {

struct Recording {
  unsigned rate = 0;
  std::vector<float> samples;  // the mean of the channels; 8-bit samples u are (u - 128) / 128
};

// Whole seconds of the file, end excluded.
struct Section {
  uint64_t start = 0, end = 0;
};

inline constexpr uint64_t kMostSeconds = 3600;  // of one recording

// A section that reaches beyond the end of the file is cut there. Refused: what libsndfile cannot read, nothing to
// hear, more than kMostSeconds.
Result<Recording> read_recording(const std::string& path, const std::optional<Section>& section = {});

}  // namespace sotto::sound
