// SPDX-License-Identifier: Apache-2.0
#include "sound/audio/recording.h"

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace sotto::sound {
namespace {

using File = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

// The first frame and the number of frames to read.
Result<std::pair<uint64_t, uint64_t>> range_of(const std::string& path, const SF_INFO& info,
                                               const std::optional<Section>& section) {
  const uint64_t frames = static_cast<uint64_t>(std::max<sf_count_t>(info.frames, 0)),
                 rate = static_cast<uint64_t>(info.samplerate);
  uint64_t begin = 0, end = frames;
  if (section) {
    if (section->start >= section->end) return input_error(path + ": end_time must be after start_time");
    begin = section->start > frames / rate ? frames : section->start * rate;
    end = section->end > frames / rate ? frames : section->end * rate;
  }
  if (begin >= end)
    return input_error(path +
                       (section ? ": there is nothing in that section of the recording" : ": the recording is empty"));
  if (end - begin > kMostSeconds * rate)
    return input_error(path + ": the recording is longer than an hour; name a part with start_time and end_time");
  return std::pair{begin, end - begin};
}

}  // namespace

Result<Recording> read_recording(const std::string& path, const std::optional<Section>& section) {
  SF_INFO info{};
  const File file(sf_open(path.c_str(), SFM_READ, &info), sf_close);
  if (!file) return input_error("cannot read " + path + ": " + sf_strerror(nullptr));
  if (info.samplerate < 1 || info.channels < 1)
    return input_error(path + ": the recording has no sample rate or no channels");
  SOTTO_TRY(const auto range, range_of(path, info, section));
  if (range.first > 0 && sf_seek(file.get(), static_cast<sf_count_t>(range.first), SEEK_SET) < 0)
    return input_error(path + ": " + sf_strerror(file.get()));

  constexpr uint64_t kBlock = 4096;
  const size_t channels = static_cast<size_t>(info.channels);
  std::vector<float> block(kBlock * channels);
  Recording out{static_cast<unsigned>(info.samplerate), {}};
  while (out.samples.size() < range.second) {
    const uint64_t wanted = std::min(kBlock, range.second - out.samples.size());
    const sf_count_t got = sf_readf_float(file.get(), block.data(), static_cast<sf_count_t>(wanted));
    if (got <= 0) break;  // the header promised more than there is
    for (size_t i = 0; i < static_cast<size_t>(got); i++) {
      float sum = 0;
      for (size_t c = 0; c < channels; c++) sum += block[i * channels + c];
      out.samples.push_back(sum / static_cast<float>(channels));
    }
  }
  if (out.samples.empty()) return input_error(path + ": the recording ends before its first sample");
  if (!std::all_of(out.samples.begin(), out.samples.end(), [](float x) { return std::isfinite(x); }))
    return input_error(path + ": the recording holds samples that are not numbers");
  return out;
}

}  // namespace sotto::sound
