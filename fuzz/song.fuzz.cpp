// SPDX-License-Identifier: Apache-2.0
// Song files and source text. What compiles has a source that compiles again, and samples.
#include "fuzz.h"
#include "sound/bytebeat/compile.h"
#include "sound/bytebeat/render.h"

FUZZ_TARGET(bytes) {
  using namespace sotto;
  const std::string_view text = fuzz::text_of(bytes);
  (void)sound::parse_song(text).ok();
  for (const sound::SampleMode mode : {sound::SampleMode::kBytebeat, sound::SampleMode::kSigned}) {
    const auto program = sound::compile(text, mode);
    if (!program.ok()) continue;
    (void)sound::smallest_class(*program).ok();
    SOTTO_CHECK(sound::compile(sound::to_source(*program)).ok());
  }
}
