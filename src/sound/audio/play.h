// SPDX-License-Identifier: Apache-2.0
// Playback through PulseAudio (or PipeWire in its place). The library is loaded when it is needed, so that a machine
// without sound can still do everything else.
#pragma once
#include "sound/bytebeat/render.h"

namespace sotto::sound {

// Plays to the end; blocks as long as the song lasts. Environment error where there is no sound device.
Status play(const Samples& samples);

}  // namespace sotto::sound
