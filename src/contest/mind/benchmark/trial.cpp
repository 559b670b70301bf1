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

// A trial under way.
class Course {
 public:
  Course(std::string_view name, uint64_t seed, const Listener& judge, const sound::SizeClass& size,
         const std::function<bool()>& stop)
      : search_(make_search(name, {size, judge.network().samples})),
        stream_(stream_of(name)),
        judge_(judge),
        size_(size),
        stop_(stop) {
    SOTTO_CHECK(search_ != nullptr);
    trial_.search = name;
    trial_.seed = seed;
  }

  // False when stopped, or when the search finds nothing new.
  bool run_to(uint64_t songs) {
    while (now_.songs < songs) {
      const auto song = next();
      if (!song) return false;
      take(*song);
    }
    now_.seconds = thread_seconds() - start_;
    now_.quality = map_.quality(judge::max_score(judge_.network()));
    now_.coverage = map_.coverage();
    trial_.milestones.push_back(now_);
    return true;
  }
  Trial&& take_trial() { return std::move(trial_); }

 private:
  std::optional<Song> next() const {
    const auto known = [&](uint64_t fingerprint) { return search_->is_known(fingerprint); };
    for (uint64_t attempt = 0; attempt < kMaxAttempts && !stop_(); ++attempt) {
      Rng rng(trial_.seed, stream_, search_->told(), attempt);
      if (auto song = compose(search_->ask(rng), judge_, size_, known)) return song;
    }
    return {};
  }

  void take(const Song& song) {
    const Scored& scored = song.scored;
    search_->tell(scored);
    map_.add(song.samples, scored.score);
    if (now_.songs++ < kTrailSongs)
      trial_.trail = std::rotl(trial_.trail ^ scored.impression.fingerprint ^ scored.score, 7) * 0x9e3779b97f4a7c15ull;
    const bool first = trial_.records.empty();
    if (first || scored.score > now_.best)
      trial_.records.push_back({now_.songs, thread_seconds() - start_, scored.score});
    if (first || scored.score > now_.best || (scored.score == now_.best && scored.instructions < now_.instructions)) {
      now_.best = scored.score;
      now_.instructions = scored.instructions;
    }
  }

  const std::unique_ptr<Search> search_;
  const uint64_t stream_;
  const Listener& judge_;
  const sound::SizeClass size_;
  const std::function<bool()>& stop_;
  const double start_ = thread_seconds();
  Trial trial_;
  Milestone now_;
  SoundMap map_;
};

}  // namespace

std::unique_ptr<Search> make_search(std::string_view name, const Hearing& hearing) {
  if (name == "evolver") return std::make_unique<Evolver>(hearing);
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

std::optional<Trial> run_trial(std::string_view search, uint64_t seed, uint64_t songs, const Listener& judge,
                               const sound::SizeClass& size, const std::function<bool()>& stop) {
  Course course(search, seed, judge, size, stop);
  for (const uint64_t milestone : milestones_up_to(songs))
    if (!course.run_to(milestone)) return {};
  return course.take_trial();
}

}  // namespace sotto::contest
