// SPDX-License-Identifier: Apache-2.0
// The search of one agent. Four kinds of proposals:
//   explore   of a few new or varied songs, the one whose kind of sound was judged least often: it listens before it asks
//   climb     small steps from a song that came near the best, until enough of them gained nothing
//   breed     one song of the archive with a part of another
//   vary      a song of the list of the best, or of the archive of kinds (archive.h), pulled towards its best by tournaments
// It starts anew when nothing better was found for long; what was heard stays known, so the same ground is not judged twice.
#pragma once
#include <optional>
#include <vector>

#include "contest/mind/archive.h"
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

  // Up to 12 songs that a prompt may show: the best, songs far from each other in kind, the newest improvements, chance picks.
  // No song twice; the choice is a function of the state. The pointers are good until the next tell().
  std::vector<const Scored*> specimens() const;

  unsigned restarts() const { return restarts_; }
  const Archive& archive() const { return archive_; }
  const std::vector<Scored>& elites() const { return elites_; }

 private:
  static constexpr unsigned kWarmUp = 24;       // songs of chance before anything is bred
  static constexpr uint32_t kExplore = 40;      // per cent of all proposals
  static constexpr unsigned kPreviews = 6;      // songs that an exploration listens to
  static constexpr uint32_t kClimb = 90;        // per cent of the other proposals while a climb lasts: it may have no way left
  static constexpr uint32_t kCrossover = 15;    // per cent of the rest
  static constexpr uint32_t kFromElites = 30, kFromTournament = 40;  // per cent of the parents; the rest are of any kind
  static constexpr unsigned kTournament = 8;
  static constexpr unsigned kElites = 20;
  static constexpr unsigned kClimbers = 5;      // a song this near the top begins a climb
  static constexpr unsigned kSteps = 30;        // without a gain, until a climb ends
  static constexpr unsigned kPatience = 800;    // songs without a new best, until a restart
  static constexpr size_t kNewest = 2;

  void learn(const Scored& song) override;
  Genome explore(Rng& rng) const;
  const Genome& parent(Rng& rng) const;
  void climb(const Scored& song);
  void restart();

  Hearing hearing_;
  Archive archive_;
  std::vector<Scored> elites_;       // best first
  std::vector<Scored> newest_;       // the last songs that were the best of all when they came; oldest first
  std::optional<Scored> foothold_;   // where the climb stands
  unsigned steps_left_ = 0;
  unsigned since_start_ = 0, since_best_ = 0, restarts_ = 0;
};

}  // namespace sotto::contest
