// SPDX-License-Identifier: Apache-2.0
// The search of one agent. It listens before it asks: of several songs it proposes the most promising one, by their
// kinds of sound (archive.h), for to hear a song costs a fraction of what its judgement costs.
//   explore   new or varied songs; the one whose kind was judged least often
//   exploit   the one whose kind scores best, of
//     climb     small steps from a song that came near the best, until enough of them gained nothing
//     breed     a song of the archive with a part of another
//     vary      a song of the list of the best, or of the archive, pulled towards its best by tournaments
// It starts anew when nothing better was found for long; what was heard stays known, so the same ground is not judged
// twice.
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

  // Up to 12 songs that a prompt may show: the best, songs far from each other in kind, the newest improvements,
  // chance picks. No song twice; the choice is a function of the state. The pointers are good until the next tell().
  std::vector<const Scored*> specimens() const;

  unsigned restarts() const { return restarts_; }
  const Archive& archive() const { return archive_; }
  const std::vector<Scored>& elites() const { return elites_; }

 private:
  static constexpr unsigned kWarmUp = 24;       // songs of chance before anything is bred
  static constexpr uint32_t kExplore = 50;      // per cent of all proposals
  static constexpr uint32_t kFresh = 70;        // per cent of what is explored; the rest varies a song of any kind
  static constexpr unsigned kExplored = 8, kExploited = 4;  // songs that are listened to for one proposal
  static constexpr uint32_t kClimb = 90;        // per cent of the exploits while a climb lasts: it may have no way left
  static constexpr uint32_t kCrossover = 15;    // per cent of the rest
  static constexpr uint32_t kFromElites = 30, kFromTournament = 40;  // per cent of the parents
  static constexpr unsigned kTournament = 8;
  static constexpr unsigned kElites = 20;
  static constexpr unsigned kClimbers = 5;      // a song this near the top begins a climb
  static constexpr unsigned kSteps = 30;        // without a gain, until a climb ends
  static constexpr unsigned kPatience = 800;    // songs without a new best, until a restart
  static constexpr size_t kNewest = 2;

  void learn(const Scored& song) override;
  Genome explore(Rng& rng) const;
  Genome exploit(Rng& rng) const;
  Genome bred(Rng& rng) const;
  // Of so many candidates that `next` offers, the audible and unknown one of the highest `worth`; the first of equals.
  template <class Next, class Worth>
  Genome best_heard(unsigned candidates, Next next, Worth worth) const;
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
