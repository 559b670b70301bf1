// SPDX-License-Identifier: Apache-2.0
// A song to look at: its waveform, its spectrogram, and the diagram that bytebeat players show.
#pragma once
#include <string>

#include "sound/bytebeat/render.h"

namespace sotto::sound {

struct PictureText {
  std::string title, author, formula;
};

// Writes a PNG of 2400 x 1500 pixels.
Status write_picture(const std::string& path, const Samples& samples, const PictureText& text);

}  // namespace sotto::sound
