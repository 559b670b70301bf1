// SPDX-License-Identifier: Apache-2.0
// WAV files and other recordings.
#include "fuzz.h"
#include "sound/audio/recording.h"

FUZZ_TARGET(bytes) {
  const sotto::fuzz::MemoryFile file(bytes);
  (void)sotto::sound::read_recording(file.path()).ok();
  (void)sotto::sound::read_recording(file.path(), sotto::sound::Section{1, 4000}).ok();
}
