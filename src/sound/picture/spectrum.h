// SPDX-License-Identifier: Apache-2.0
// Loudness over time and frequency, for pictures.
#pragma once
#include <vector>

#include "sound/bytebeat/render.h"

namespace sotto::sound {

inline constexpr unsigned kSpectrumWindow = 1024;             // samples
inline constexpr unsigned kSpectrumBins = kSpectrumWindow / 2;  // bin k is k * kSampleRate / kSpectrumWindow Hz

// For `columns` moments spread over the song: the loudness of every bin in decibels, 0 for a full-scale sine.
std::vector<std::vector<float>> spectrogram(const Samples& samples, unsigned columns);

}  // namespace sotto::sound
