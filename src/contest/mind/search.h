// SPDX-License-Identifier: Apache-2.0
// What every search for songs looks like, the agents' own and the baselines that it is measured against: it proposes
// genomes, and it is told which songs came of them and what the judge said.
//
// The state of a search is a function of what it was told, in order: random numbers come from the caller, and a
// proposal that compose() refuses leaves no trace. So a search that is told its stored history again goes on exactly
// where it was.
#pragma once
#include <cstdint>

#include "contest/mind/grammar.h"
#include "contest/mind/heard.h"
#include "contest/mind/listen.h"

namespace sotto::contest {

// A song that the judge has scored.
struct Scored {
  Genome genome;
  uint32_t score = 0;
  unsigned instructions = 0;
  Impression impression;
};

// Higher score; at equal score the shorter song, which is cheaper to prove and easier to vary.
inline bool better(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.instructions < b.instructions;
}

class Search {
 public:
  virtual ~Search() = default;
  virtual Genome ask(Rng& rng) const = 0;
  void tell(const Scored& song) {
    known_.insert(song.impression.fingerprint);
    ++told_;
    learn(song);
  }
  // Whether audio with this fingerprint was judged before: of the last 131,072 songs at least (heard.h).
  bool is_known(uint64_t fingerprint) const { return known_.contains(fingerprint); }
  uint64_t told() const { return told_; }

 protected:
  Search() = default;
  Search(const Search&) = default;
  Search(Search&&) = default;
  Search& operator=(const Search&) = default;
  Search& operator=(Search&&) = default;

 private:
  virtual void learn(const Scored& song) = 0;

  Heard known_;
  uint64_t told_ = 0;
};

}  // namespace sotto::contest
