// SPDX-License-Identifier: Apache-2.0
#include "sound/audio/wav.h"

#include <sndfile.h>

#include <algorithm>
#include <cstring>

namespace sotto::sound {
namespace {

// A file in memory, for libsndfile's virtual input and output.
struct Memory {
  Bytes bytes;
  size_t position = 0;
};
Memory& memory(void* user) { return *static_cast<Memory*>(user); }

sf_count_t size(void* user) { return static_cast<sf_count_t>(memory(user).bytes.size()); }
sf_count_t tell(void* user) { return static_cast<sf_count_t>(memory(user).position); }
sf_count_t seek(sf_count_t offset, int whence, void* user) {
  const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? tell(user) : size(user);
  if (base + offset < 0) return -1;
  memory(user).position = static_cast<size_t>(base + offset);
  return base + offset;
}
sf_count_t read(void* out, sf_count_t count, void* user) {
  Memory& m = memory(user);
  const size_t n = m.position < m.bytes.size() ? std::min(static_cast<size_t>(count), m.bytes.size() - m.position) : 0;
  if (n > 0) std::memcpy(out, m.bytes.data() + m.position, n);
  m.position += n;
  return static_cast<sf_count_t>(n);
}
sf_count_t write(const void* in, sf_count_t count, void* user) {
  Memory& m = memory(user);
  const size_t n = static_cast<size_t>(count);
  m.bytes.resize(std::max(m.bytes.size(), m.position + n));
  if (n > 0) std::memcpy(m.bytes.data() + m.position, in, n);
  m.position += n;
  return count;
}

bool write_frames(SNDFILE* out, const Samples& samples, const WavFormat& format) {
  if (format.bits == 8) {
    Samples frames;
    frames.reserve(samples.size() * format.hold);
    for (uint8_t sample : samples) frames.insert(frames.end(), format.hold, sample);
    const sf_count_t n = static_cast<sf_count_t>(frames.size());
    return sf_write_raw(out, frames.data(), n) == n;
  }
  std::vector<short> frames;
  frames.reserve(samples.size() * format.hold);
  for (uint8_t sample : samples) frames.insert(frames.end(), format.hold, static_cast<short>((sample - 128) * 256));
  const sf_count_t n = static_cast<sf_count_t>(frames.size());
  return sf_writef_short(out, frames.data(), n) == n;
}

}  // namespace

Result<Bytes> wav_bytes(const Samples& samples, const WavFormat& format) {
  SOTTO_CHECK((format.bits == 8 || format.bits == 16) && format.hold >= 1 && format.sample_rate >= 1);
  Memory file;
  SF_VIRTUAL_IO io{size, seek, read, write, tell};
  SF_INFO info{};
  info.samplerate = static_cast<int>(format.sample_rate * format.hold);
  info.channels = 1;
  info.format = SF_FORMAT_WAV | (format.bits == 8 ? SF_FORMAT_PCM_U8 : SF_FORMAT_PCM_16);
  SNDFILE* out = sf_open_virtual(&io, SFM_WRITE, &info, &file);
  if (out == nullptr) return environment_error(std::string("cannot write WAV: ").append(sf_strerror(nullptr)));
  const bool written = write_frames(out, samples, format);
  const std::string reason = sf_strerror(out);
  if (sf_close(out) != 0 || !written) return environment_error(std::string("cannot write WAV: ").append(reason));
  return std::move(file.bytes);
}

Status write_wav(const std::string& path, const Samples& samples, const WavFormat& format) {
  SOTTO_TRY(Bytes bytes, wav_bytes(samples, format));
  return write_file_atomically(path, bytes);
}

}  // namespace sotto::sound
