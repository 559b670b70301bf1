// SPDX-License-Identifier: Apache-2.0
// Samples -> WAV, mono, exactly `hold` frames per sample.
#pragma once
#include <string>

#include "base/bytes.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {

struct WavFormat {
  unsigned sample_rate = kSampleRate;  // of the samples; the file's is `hold` times as high
  unsigned bits = 8;                   // 8 (unsigned, as the samples are) or 16 (signed, (sample - 128) * 256)
  unsigned hold = 1;                   // upsampling: every sample is written so many times
};

// The content of the file.
Result<Bytes> wav_bytes(const Samples& samples, const WavFormat& format = {});

// Writes it atomically: on an error (a full disk, say) no file is left and an older one is untouched.
Status write_wav(const std::string& path, const Samples& samples, const WavFormat& format = {});

}  // namespace sotto::sound
