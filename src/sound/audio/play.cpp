// SPDX-License-Identifier: Apache-2.0
#include "sound/audio/play.h"

#include <dlfcn.h>
#include <pulse/error.h>
#include <pulse/simple.h>

#include <algorithm>

namespace sotto::sound {
namespace {

constexpr const char* kAdvice = "; render to a WAV file instead: sotto render song.song -o song.wav";

struct Pulse {
  decltype(&pa_simple_new) open = nullptr;
  decltype(&pa_simple_write) write = nullptr;
  decltype(&pa_simple_drain) drain = nullptr;
  decltype(&pa_simple_free) close = nullptr;
  decltype(&pa_strerror) text = nullptr;
};

template <class F>
bool load(void* library, const char* name, F& f) {
  f = reinterpret_cast<F>(dlsym(library, name));
  return f != nullptr;
}

// The library stays loaded: PulseAudio keeps threads of its own.
Result<Pulse> load_pulse() {
  void* library = dlopen("libpulse-simple.so.0", RTLD_NOW | RTLD_GLOBAL);
  Pulse p;
  const bool complete = library != nullptr && load(library, "pa_simple_new", p.open) && load(library, "pa_simple_write", p.write) &&
                        load(library, "pa_simple_drain", p.drain) && load(library, "pa_simple_free", p.close) &&
                        load(library, "pa_strerror", p.text);
  if (!complete) return environment_error(std::string("cannot play: PulseAudio's library (libpulse0) is not installed").append(kAdvice));
  return p;
}

struct Stream {
  const Pulse& pulse;
  pa_simple* stream;
  ~Stream() { pulse.close(stream); }
};

}  // namespace

Status play(const Samples& samples) {
  SOTTO_TRY(const Pulse pulse, load_pulse());
  auto failed = [&](int error) { return environment_error(std::string("cannot play: ").append(pulse.text(error)).append(kAdvice)); };
  const pa_sample_spec format{PA_SAMPLE_U8, kSampleRate, 1};
  int error = 0;
  pa_simple* opened = pulse.open(nullptr, "Sotto", PA_STREAM_PLAYBACK, nullptr, "song", &format, nullptr, nullptr, &error);
  if (opened == nullptr) return failed(error);
  const Stream stream{pulse, opened};
  constexpr size_t kChunk = kSampleRate / 10;
  for (size_t done = 0; done < samples.size(); done += kChunk) {
    if (pulse.write(opened, samples.data() + done, std::min(kChunk, samples.size() - done), &error) < 0) return failed(error);
  }
  if (pulse.drain(opened, &error) < 0) return failed(error);
  return ok_status();
}

}  // namespace sotto::sound
