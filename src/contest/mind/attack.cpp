// SPDX-License-Identifier: Apache-2.0
#include "contest/mind/attack.h"

#include <algorithm>

namespace sotto::contest {
namespace {

// Candidates in a row that may be refused before the search counts as exhausted.
constexpr uint64_t kMaxAttempts = 100'000;
constexpr uint64_t kProgressEvery = 500;

std::optional<Song> next_song(const Evolver& evolver, const AttackOptions& options, const Listener& judge, const sound::SizeClass& size) {
  const auto known = [&](uint64_t fingerprint) { return evolver.is_known(fingerprint); };
  for (uint64_t attempt = 0; attempt < kMaxAttempts && !options.stop(); attempt++) {
    Rng rng(options.seed, 0, evolver.told(), attempt);
    if (auto song = compose(evolver.ask(rng), judge, size, known)) return song;
  }
  return {};
}

void keep(std::vector<Song>& best, Song song, size_t count) {
  const auto above = [](const Song& a, const Song& b) { return better(a.scored, b.scored); };
  if (best.size() == count && !above(song, best.back())) return;
  best.insert(std::upper_bound(best.begin(), best.end(), song, above), std::move(song));
  if (best.size() > count) best.pop_back();
}

}  // namespace

Attack attack(const AttackOptions& options, const Listener& judge, const sound::SizeClass& size) {
  Attack out;
  Evolver evolver;
  uint32_t best = 0;
  uint64_t milestone = 10;
  const auto add_point = [&](uint64_t done) {
    out.curve.push_back({done, best});
    options.point(out);
  };
  while (evolver.told() < options.evaluations) {
    auto song = next_song(evolver, options, judge, size);
    if (!song) break;
    evolver.tell(song->scored);
    best = std::max(best, song->scored.score);
    keep(out.best, std::move(*song), std::max<size_t>(options.keep, 1));
    const uint64_t done = evolver.told();
    if (done % kProgressEvery == 0) options.progress(done, best);
    if (done != milestone) continue;
    add_point(done);
    milestone *= 10;
  }
  if (evolver.told() > 0 && (out.curve.empty() || out.curve.back().evaluations != evolver.told()))
    add_point(evolver.told());
  return out;
}

}  // namespace sotto::contest
