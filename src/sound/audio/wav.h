// SPDX-License-Identifier: Apache-2.0
// Samples -> WAV: 8-bit unsigned, mono, 8 kHz, exactly one frame per sample.
#pragma once
#include <string>

#include "base/bytes.h"
#include "sound/bytebeat/render.h"

namespace sotto::sound {

// The content of the file.
Result<Bytes> wav_bytes(const Samples& samples);

// Writes it atomically: on an error (a full disk, say) no file is left and an older one is untouched.
Status write_wav(const std::string& path, const Samples& samples);

}  // namespace sotto::sound
