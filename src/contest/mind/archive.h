// SPDX-License-Identifier: Apache-2.0
// The good songs, 8 x 8 by brightness and motion (MAP-Elites: Mouret, Clune, "Illuminating search spaces by mapping
// elites", 2015): the best song of every cell. And how often songs of every kind (kind.h) were heard.
#pragma once
#include <array>
#include <optional>
#include <vector>

#include "contest/mind/kind.h"
#include "contest/mind/search.h"

namespace sotto::contest {

class Archive {
 public:
  static constexpr unsigned kSide = 8;

  void add(const Scored& song);
  // Forgets the songs; what was heard how often stays known.
  void clear();

  bool empty() const { return occupied_.empty(); }
  unsigned visits(uint8_t kind) const { return visits_[kind]; }
  // The best song of a kind, or null.
  const Scored* best(unsigned brightness, unsigned motion) const;
  // The best of all kinds, in the order in which the kinds were found.
  std::vector<const Scored*> all() const;
  // Of a random kind. Requires !empty().
  const Scored& any(Rng& rng) const;
  // The best of so many random kinds. Requires !empty().
  const Scored& tournament(Rng& rng, unsigned entrants) const;

 private:
  static unsigned cell_of(const Impression& i) { return i.brightness * kSide + i.motion; }

  std::array<std::optional<Scored>, kSide * kSide> cells_;
  std::array<unsigned, kKinds> visits_{};
  std::vector<unsigned> occupied_;  // cells in the order of their discovery
};

}  // namespace sotto::contest
