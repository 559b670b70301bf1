// SPDX-License-Identifier: Apache-2.0
// The search of one agent. To hear a tenth of a song costs a small fraction of what its judgement costs, so the search listens to
// several candidates before it asks for one judgement. Which proposals explore and which climb is a fixed pattern over the number
// of songs told: so learn() knows what a song was proposed for, though nobody says it.
//   explore   of several new or varied songs the one whose kind of sound (kind.h) was judged least often; of equals the one that
//             resembles good songs. Most of the first songs, fewer later, when little is left to discover
//   climb     small steps from one song, and crossovers of it with good songs of other kinds; of several the one that sounds
//             most promising by what the judge said of songs like it (surrogate.h), with a bonus for being unlike all of them.
//             What is not worse takes the place of the song climbed from. A climb that holds the best of all songs is given
//             more patience than another. The next one starts from the best song explored meanwhile, or from the best of some
//             kinds.
// It starts anew when nothing better was found for long; what was heard and learned stays known, so the same ground is not judged
// twice.
#pragma once
#include <optional>
#include <vector>

#include "contest/mind/archive.h"
#include "contest/mind/surrogate.h"
#include "sound/bytebeat/program.h"

namespace sotto::contest {

// How a proposal will be heard.
struct Hearing {
  sound::SizeClass size = sound::kSizeClasses[1];
  uint32_t samples = sound::kSamples;
};

class Evolver final : public Search {
 public:
  explicit Evolver(Hearing hearing = {}) : hearing_(hearing) {}

  Genome ask(Rng& rng) const override;

  // Up to 12 songs that a prompt may show: the best, songs far from each other in kind, the newest improvements,
  // chance picks. No song twice; the choice is a function of the state. The pointers are good until the next tell().
  std::vector<const Scored*> specimens() const;

  unsigned restarts() const { return restarts_; }
  const Archive& archive() const { return archive_; }
  const std::vector<Scored>& elites() const { return elites_; }

 private:
  static constexpr unsigned kWarmUp = 24;              // songs of chance before anything is bred
  static constexpr uint64_t kYouth = 500;              // songs told until less is explored
  static constexpr uint64_t kExplore = 55, kExploreLater = 25;  // per cent of all proposals
  static constexpr uint32_t kFresh = 90, kFreshLater = 60;      // per cent of what is explored; else any kind is varied
  static constexpr unsigned kGlimpsed = 12, kHeard = 3;  // exploring: candidates heard in part; of these, heard to the end
  static constexpr unsigned kScreened = 8;             // climbing: candidates heard in part
  static constexpr uint64_t kOptimism = 1000;          // a unit of distance adds a thousandth of the score climbed from
  static constexpr uint32_t kCrossover = 20;           // per cent of the steps of a climb
  static constexpr unsigned kTournament = 4;           // kinds that compete to give a parent or a start
  static constexpr uint32_t kStartExplored = 50;       // per cent of the climbs; the rest starts from the archive
  static constexpr unsigned kSteps = 80, kLeaderSteps = 600;    // without a gain, until a climb ends
  static constexpr size_t kClimbed = 64;               // starts and peaks of climbs where no other one starts
  static constexpr unsigned kElites = 20;
  static constexpr unsigned kPatience = 3000;          // songs without a new best, until a restart
  static constexpr size_t kNewest = 2;

  void learn(const Scored& song) override;
  static bool is_exploration(uint64_t nth_song);
  Genome explore(Rng& rng) const;
  Genome new_or_varied(Rng& rng) const;
  Genome step(Rng& rng) const;
  Genome variation(Rng& rng) const;
  void climb(const Scored& song, bool explored, bool leads);
  void start_climb();
  void restart();

  Hearing hearing_;
  Archive archive_;
  Surrogate surrogate_;
  std::vector<Scored> elites_;       // best first
  std::vector<Scored> newest_;       // the last songs that were the best of all when they came; oldest first
  std::optional<Scored> foothold_;   // where the climb stands
  std::optional<Scored> scout_;      // the best that was explored since the climb began
  std::vector<uint64_t> climbed_;    // fingerprints; oldest first
  unsigned steps_left_ = 0;
  unsigned since_start_ = 0, since_best_ = 0, restarts_ = 0;
};

}  // namespace sotto::contest
