// SPDX-License-Identifier: Apache-2.0
#include "judge/teacher/pool.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <random>

#include "base/keccak.h"
#include "judge/eval/evaluate.h"
#include "judge/eval/negatives.h"
#include "judge/teacher/resample.h"
#include "sound/audio/recording.h"

namespace sotto::judge::teacher {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kFamiliesPerHeldOut = 5;

std::string family_of(const CorpusSong& song) {
  if (!song.group.empty()) return song.group;
  return song.author.empty() ? song.code : song.author;
}

// The songs that are used: a random choice of so many.
std::vector<size_t> chosen_songs(size_t all, size_t most, uint64_t seed) {
  std::vector<size_t> order(all);
  std::iota(order.begin(), order.end(), size_t{0});
  if (most == 0 || most >= all) return order;
  std::mt19937_64 random(seed);
  std::shuffle(order.begin(), order.end(), random);
  order.resize(most);
  std::sort(order.begin(), order.end());
  return order;
}

Status add_corpus(std::vector<PoolClip>& pool, const PoolOptions& options) {
  SOTTO_TRY(const Corpus corpus, read_corpus(options.corpus));
  for (size_t song : chosen_songs(corpus.songs.size(), options.songs, options.seed))
    for (judge::HeardClip& clip : clips_of(corpus, song, options.seed))
      pool.push_back({kClipKindNames[static_cast<size_t>(clip.kind)], is_held_out(family_of(corpus.songs[song])),
                      std::move(clip.samples)});
  return ok_status();
}

Status add_programs(std::vector<PoolClip>& pool, const std::string& path) {
  SOTTO_TRY(const Corpus corpus, read_corpus(path));
  for (const CorpusSong& song : corpus.songs) {
    const auto program = sound::compile(song.code, song.mode);
    if (!program.ok()) continue;
    sound::Samples samples = render_at(*program, song.sample_rate);
    if (!is_silent(samples)) pool.push_back({"extra", is_held_out(family_of(song)), std::move(samples)});
  }
  return ok_status();
}

// Pieces of ten seconds at 8 kHz, as 8-bit samples; the last one is left out unless it is whole.
Status add_recording(std::vector<PoolClip>& pool, const std::string& path) {
  SOTTO_TRY(const sound::Recording recording, sound::read_recording(path));
  const std::vector<float> x = resample(recording.samples, recording.rate, sound::kSampleRate);
  for (size_t begin = 0; begin + sound::kSamples <= x.size(); begin += sound::kSamples) {
    sound::Samples samples(sound::kSamples);
    for (size_t t = 0; t < samples.size(); t++)
      samples[t] = static_cast<uint8_t>(std::clamp(std::lround(128 * (x[begin + t] + 1)), 0L, 255L));
    if (!is_silent(samples)) pool.push_back({"extra", is_held_out(path), std::move(samples)});
  }
  return ok_status();
}

Status add_extra(std::vector<PoolClip>& pool, const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return add_programs(pool, path);
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(path, error))
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  if (error) return input_error("cannot read the folder " + path + ": " + error.message());
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) SOTTO_TRY_STATUS(add_recording(pool, file));
  return ok_status();
}

}  // namespace

bool is_held_out(const std::string& family) {
  return keccak256(ByteSpan(reinterpret_cast<const uint8_t*>(family.data()), family.size()))[0] % kFamiliesPerHeldOut ==
         0;
}

Result<std::vector<PoolClip>> make_pool(const PoolOptions& options) {
  std::vector<PoolClip> pool;
  SOTTO_TRY_STATUS(add_corpus(pool, options));
  for (const std::string& path : options.extra) SOTTO_TRY_STATUS(add_extra(pool, path));
  std::erase_if(pool, [](const PoolClip& clip) { return clip.samples.size() != sound::kSamples; });
  return pool;
}

}  // namespace sotto::judge::teacher
