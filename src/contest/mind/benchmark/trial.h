// SPDX-License-Identifier: Apache-2.0
// One run of one search, measured on the way.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contest/mind/composer.h"

namespace sotto::contest {

// The searches by the names that the command line and the tables use; the first is the agents' own.
inline constexpr const char* kSearches[] = {"evolver", "genetic", "hill_climb", "random"};
std::unique_ptr<Search> make_search(std::string_view name, const Hearing& hearing);  // null for an unknown name

// What a search had reached when so many songs were judged.
struct Milestone {
  uint64_t songs = 0;
  double seconds = 0;         // processor time of the search's thread
  uint32_t best = 0;          // score
  unsigned instructions = 0;  // of the best song
  double quality = 0, coverage = 0;  // SoundMap
};

// A score that no song before it had.
struct Record {
  uint64_t songs = 0;
  double seconds = 0;
  uint32_t score = 0;
};

struct Trial {
  std::string search;
  uint64_t seed = 0;
  uint64_t trail = 0;         // names the first kTrailSongs songs: tells trials of another search or judge
  std::vector<Milestone> milestones;
  std::vector<Record> records;
};

inline constexpr uint64_t kTrailSongs = 100;

// Where milestones are: 1, 2, 3, 4, 5, 6, 8 ... ten per decade, every power of ten among them, and the last song.
std::vector<uint64_t> milestones_up_to(uint64_t songs);

// Nothing when `stop` says so. Depends on nothing but its arguments (seconds aside).
std::optional<Trial> run_trial(std::string_view search, uint64_t seed, uint64_t songs, const Listener& judge,
                               const sound::SizeClass& size, const std::function<bool()>& stop);

}  // namespace sotto::contest
