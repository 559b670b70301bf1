// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/benchmark/trial.h"

#include <time.h>

#include <bit>
#include <cmath>

#include "contest/mind/baselines/genetic.h"
#include "contest/mind/baselines/hill_climb.h"
#include "contest/mind/baselines/random_search.h"
#include "contest/mind/benchmark/sound_map.h"

namespace sotto::contest {
namespace {

// Candidates for one song that may be refused before the search counts as exhausted.
constexpr uint64_t kMaxAttempts = 100'000;

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// The stream of a trial: no two searches share their luck.
uint64_t stream_of(std::string_view search) {
  uint64_t h = 0;
  for (const char c : search) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001b3;  // FNV-1a
  return h;
}

std::optional<Song> next_song(const Search& search, uint64_t seed, uint64_t stream, const Listener& judge, const sound::SizeClass& size,
                              const std::function<bool()>& stop) {
  const auto known = [&](uint64_t fingerprint) { return search.is_known(fingerprint); };
  for (uint64_t attempt = 0; attempt < kMaxAttempts && !stop(); ++attempt) {
    Rng rng(seed, stream, search.told(), attempt);
    if (auto song = compose(search.ask(rng), judge, size, known)) return song;
  }
  return {};
}

}  // namespace

std::unique_ptr<Search> make_search(std::string_view name) {
  if (name == "evolver") return std::make_unique<Evolver>();
  if (name == "genetic") return std::make_unique<Genetic>();
  if (name == "hill_climb") return std::make_unique<HillClimb>();
  if (name == "random") return std::make_unique<RandomSearch>();
  return nullptr;
}

std::vector<uint64_t> milestones_up_to(uint64_t songs) {
  std::vector<uint64_t> out;
  for (int i = 0;; ++i) {
    const uint64_t at = static_cast<uint64_t>(std::llround(std::pow(10.0, i / 10.0)));
    if (at >= songs) break;
    if (out.empty() || at > out.back()) out.push_back(at);
  }
  out.push_back(songs);
  return out;
}

std::optional<Trial> run_trial(std::string_view name, uint64_t seed, uint64_t songs, const Listener& judge, const sound::SizeClass& size,
                               const std::function<bool()>& stop) {
  const std::unique_ptr<Search> search = make_search(name);
  SOTTO_CHECK(search != nullptr);
  Trial trial{std::string(name), seed, 0, {}};
  const uint64_t stream = stream_of(name);
  const uint32_t most = judge::max_score(judge.network());
  const double start = thread_seconds();
  SoundMap map;
  Milestone now;
  for (const uint64_t milestone : milestones_up_to(songs)) {
    while (now.songs < milestone) {
      const auto song = next_song(*search, seed, stream, judge, size, stop);
      if (!song) return {};
      search->tell(song->scored);
      map.add(song->samples, song->scored.score);
      if (now.songs++ < kTrailSongs)
        trial.trail = std::rotl(trial.trail ^ song->scored.impression.fingerprint ^ song->scored.score, 7) * 0x9e3779b97f4a7c15ull;
      if (now.songs > 1 && (song->scored.score < now.best ||
                            (song->scored.score == now.best && song->scored.instructions >= now.instructions)))
        continue;
      now.best = song->scored.score;
      now.instructions = song->scored.instructions;
    }
    now.seconds = thread_seconds() - start;
    now.quality = map.quality(most);
    now.coverage = map.coverage();
    trial.milestones.push_back(now);
  }
  return trial;
}

}  // namespace sotto::contest
